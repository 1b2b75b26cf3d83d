namespace DurableChat.Client.Streams;

/// <summary>A server does not open a stream.</summary>
internal sealed class StreamRefusedException(DurableChatException refusal, TimeSpan? retryAfter) : Exception(refusal.Message, refusal)
{
    public DurableChatException Refusal => refusal;

    public TimeSpan? RetryAfter => retryAfter;
}
