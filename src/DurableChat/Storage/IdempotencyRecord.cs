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
}
