namespace DurableChat.Recorder.Calls;

/// <summary>The beginning of a provider's response.</summary>
/// <param name="Status">Its HTTP status.</param>
/// <param name="Headers">Its headers, except for those of the connection.</param>
internal sealed record AnswerHead(int Status, IReadOnlyList<KeyValuePair<string, string[]>> Headers);
