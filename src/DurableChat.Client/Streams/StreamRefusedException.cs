namespace DurableChat.Client.Streams;

/// <summary>The server refused to open a stream.</summary>
internal sealed class StreamRefusedException(
    DurableChatException refusal,
    TimeSpan? retryAfter) : Exception(refusal.Message, refusal)
{
    public DurableChatException Refusal => refusal;

    public TimeSpan? RetryAfter => retryAfter;
}
