using System.ComponentModel.DataAnnotations;

namespace DurableChat.Chats;

/// <summary>
/// Limits for one chat, and the number of chats that an owner may have. Enforced inside the transition, so that two
/// concurrent requests cannot both pass.
/// </summary>
public sealed record ChatLimits
{
    /// <summary>How many messages may wait in the queue. 0 to 100. Default 20.</summary>
    [Range(0, 100)]
    public int MaxQueue { get; set; } = 20;

    /// <summary>
    /// The maximum total size of queued messages, in bytes of UTF-8. A single message is always accepted. 1 to
    /// 268,435,456. Default 1 MiB.
    /// </summary>
    [Range(1, 256 * 1024 * 1024)]
    public int MaxQueueBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// How many chats an owner may have, including archived chats. 0 means no limit. Each creation counts up to this
    /// many rows of an index. On PostgreSQL, concurrent creations do not see each other, so an owner can exceed the
    /// limit by the number of concurrent creations. 0 to 1,000,000. Default 0.
    /// </summary>
    [Range(0, 1_000_000)]
    public int MaxChatsPerOwner { get; set; }

    /// <summary>
    /// The maximum size of a user message or a tool result, in bytes of UTF-8. 1 to 16,777,216. Default 256 KiB.
    /// </summary>
    [Range(1, 16 * 1024 * 1024)]
    public int MaxMessageBytes { get; set; } = 256 * 1024;

    /// <summary>The maximum length of a title, in UTF-16 code units. 1 to 1,000. Default 200.</summary>
    [Range(1, 1000)]
    public int MaxTitleLength { get; set; } = 200;

    /// <summary>How many client-side tools a chat may declare. 0 to 128. Default 32.</summary>
    [Range(0, 128)]
    public int MaxClientTools { get; set; } = 32;

    /// <summary>
    /// The maximum total size of the schema and description of one client-side tool, in bytes of UTF-8. 1 to 1,048,576.
    /// Default 16 KiB.
    /// </summary>
    [Range(1, 1024 * 1024)]
    public int MaxClientToolBytes { get; set; } = 16 * 1024;

    /// <summary>
    /// The maximum total size of all client-side tools of a chat, including their names, in bytes of UTF-8. 1 to
    /// 134,217,728. Default 128 KiB.
    /// </summary>
    [Range(1, 128 * 1024 * 1024)]
    public int MaxClientToolsBytes { get; set; } = 128 * 1024;
}
