namespace DurableChat.Recorder;

/// <summary>How a provider's answer begins.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Headers">Its headers, without those of the connection.</param>
internal sealed record AnswerHead(int Status, IReadOnlyList<KeyValuePair<string, string[]>> Headers);
