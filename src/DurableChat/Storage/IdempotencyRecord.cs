namespace DurableChat.Storage;

/// <summary>The record of a request with an idempotency key, stored with the chat in the same commit.</summary>
/// <param name="Key">The client's key.</param>
/// <param name="Fingerprint">
/// A hash of the request. The same key with another request is an error, not a repetition.
/// </param>
/// <param name="Outcome">The answer to a repetition. Opaque to the store.</param>
/// <param name="CreatedAt">When the request was committed (UTC). When read from a store, by the store's clock.</param>
public sealed record IdempotencyRecord(string Key, string Fingerprint, string Outcome, DateTimeOffset CreatedAt)
{
    /// <summary>How long a key counts. Later it may be used again, and a sweeper removes it.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);
}
