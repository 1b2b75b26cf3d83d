namespace DurableChat.Storage;

/// <summary>Which messages to read: those after one id, oldest first, or the newest before one id.</summary>
public readonly record struct MessageQuery
{
    private MessageQuery(long afterId, long? beforeId, int limit, ReadReason reason)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        AfterId = afterId;
        BeforeId = beforeId;
        Limit = limit;
        Reason = reason;
    }

    /// <summary>Only messages with a higher id.</summary>
    public long AfterId { get; }

    /// <summary>If set, only messages with a lower id, and of them the newest <see cref="Limit"/>.</summary>
    public long? BeforeId { get; }

    /// <summary>How many messages at most.</summary>
    public int Limit { get; }

    /// <summary>
    /// How many bytes of stored content at most; the first message is read whatever its size. It bounds the memory one read takes.
    /// </summary>
    public long MaxBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>What the read is for; it is counted under this name.</summary>
    public ReadReason Reason { get; }

    /// <summary>The oldest messages after an id.</summary>
    public static MessageQuery After(long afterId, int limit, ReadReason reason) => new(afterId, null, limit, reason);

    /// <summary>The newest messages before an id; given to the caller in ascending order all the same.</summary>
    public static MessageQuery Before(long beforeId, int limit, ReadReason reason) => new(0, beforeId, limit, reason);

    /// <summary>One message.</summary>
    public static MessageQuery One(long id, ReadReason reason) => new(id - 1, id + 1, 1, reason);
}
