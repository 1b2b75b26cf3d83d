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
    /// <summary>How long a key is kept.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>
    /// True for one in 16 of the commits that have a key. Such a commit also removes the chat's expired keys, because
    /// doing so in every commit would cost a statement each time. The version is scattered (Knuth's multiplicative
    /// hashing), because commits with a key come at regular distances: the messages of simple turns have odd versions.
    /// </summary>
    /// <param name="version">The version that the commit makes.</param>
    public static bool IsCleaningDue(long version) => unchecked((ulong)version * 0x9E37_79B9_7F4A_7C15) >> 60 == 0;
}
