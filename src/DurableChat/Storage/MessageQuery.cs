namespace DurableChat.Storage;

/// <summary>Which messages to read: those after an id, oldest first, or the newest before an id.</summary>
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

    /// <summary>If set, only messages with a lower id. The newest <see cref="Limit"/> of them are read.</summary>
    public long? BeforeId { get; }

    /// <summary>The maximum number of messages.</summary>
    public int Limit { get; }

    /// <summary>
    /// The maximum size of stored content, in bytes. It bounds the memory of one read. The first message is read
    /// whatever its size.
    /// </summary>
    public long MaxBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>What the read is for. Metrics count it under this name.</summary>
    public ReadReason Reason { get; }

    /// <summary>The oldest messages after an id.</summary>
    public static MessageQuery After(long afterId, int limit, ReadReason reason) => new(afterId, null, limit, reason);

    /// <summary>The newest messages before an id. They are returned in ascending order nevertheless.</summary>
    public static MessageQuery Before(long beforeId, int limit, ReadReason reason) => new(0, beforeId, limit, reason);

    /// <summary>One message.</summary>
    public static MessageQuery One(long id, ReadReason reason) => new(id - 1, id + 1, 1, reason);
}
