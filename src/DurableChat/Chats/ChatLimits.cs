using System.ComponentModel.DataAnnotations;

namespace DurableChat.Chats;

/// <summary>What one chat may hold, and how many chats an owner may have. Decided inside the transition, so that two requests at once cannot both pass.</summary>
public sealed record ChatLimits
{
    /// <summary>How many messages may wait in the queue. 0 to 100; default 20.</summary>
    [Range(0, 100)]
    public int MaxQueue { get; set; } = 20;

    /// <summary>How large the messages of the queue may be together, in bytes of UTF-8. A single message may always wait. Default 1 MiB.</summary>
    [Range(1, 256 * 1024 * 1024)]
    public int MaxQueueBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// How many chats an owner may have, archived ones included; 0, the default, for any number. Each creation counts up to so many rows of an index. Creations that are under way at once on
    /// PostgreSQL do not see each other, so an owner may come to have more by their number.
    /// </summary>
    [Range(0, 1_000_000)]
    public int MaxChatsPerOwner { get; set; }

    /// <summary>How large a user message or a tool result may be, in bytes of UTF-8. Default 256 KiB.</summary>
    [Range(1, 16 * 1024 * 1024)]
    public int MaxMessageBytes { get; set; } = 256 * 1024;

    /// <summary>How long a title may be, in UTF-16 code units. Default 200.</summary>
    [Range(1, 1000)]
    public int MaxTitleLength { get; set; } = 200;

    /// <summary>How many client-side tools a chat may declare. Default 32.</summary>
    [Range(0, 128)]
    public int MaxClientTools { get; set; } = 32;

    /// <summary>How large the schema and description of one client-side tool may be together, in bytes of UTF-8. Default 16 KiB.</summary>
    [Range(1, 1024 * 1024)]
    public int MaxClientToolBytes { get; set; } = 16 * 1024;

    /// <summary>How large all client-side tools of a chat may be together, names included, in bytes of UTF-8. Default 128 KiB.</summary>
    [Range(1, 128 * 1024 * 1024)]
    public int MaxClientToolsBytes { get; set; } = 128 * 1024;
}
