namespace DurableChat.Storage;

/// <summary>What a request with an idempotency key did, stored with the chat in the same commit.</summary>
/// <param name="Key">The client's key.</param>
/// <param name="Fingerprint">A hash of the request: the same key with another request is a mistake, not a repetition.</param>
/// <param name="Outcome">What to answer the repetition with; the store does not look inside.</param>
/// <param name="CreatedAt">When it was committed (UTC); of a record that was read, by the store's clock.</param>
public sealed record IdempotencyRecord(string Key, string Fingerprint, string Outcome, DateTimeOffset CreatedAt)
{
    /// <summary>How long a key is remembered.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>
    /// True for one commit in 16 of those that have a key: it also removes the chat's expired keys, since each commit would be a statement too many. The version is scattered (Knuth's multiplicative
    /// hashing), because those with a key come at regular distances: the messages of simple turns have the odd versions.
    /// </summary>
    /// <param name="version">The version that the commit makes.</param>
    public static bool IsCleaningDue(long version) => unchecked((ulong)version * 0x9E37_79B9_7F4A_7C15) >> 60 == 0;
}
