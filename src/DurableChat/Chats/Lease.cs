using System.Text.Json.Serialization;

namespace DurableChat.Chats;

/// <summary>A worker's right to drive a chat.</summary>
/// <param name="Replica">The replica whose heartbeat keeps the lease alive.</param>
/// <param name="Token">
/// The fencing token. It rises with each lease of the chat, and commits with an older token are refused.
/// </param>
public sealed record Lease(string Replica, long Token)
{
    /// <summary>
    /// The name that no replica has. A lease under it was handed over: the answer is in flight, and the next replica
    /// that finds the chat continues it. Replicas of older versions treat it as the lease of a replica that has
    /// stopped.
    /// </summary>
    public const string NoReplica = "";

    /// <summary>True if no replica holds the lease, and the answer in flight waits for the next one.</summary>
    [JsonIgnore]
    public bool IsHandedOver => Replica.Length == 0;
}
