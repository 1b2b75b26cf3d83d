using System.ComponentModel.DataAnnotations;

namespace DurableChat.Chats;

/// <summary>What one chat may hold. Decided inside the transition, so that two requests at once cannot both pass.</summary>
public sealed record ChatLimits
{
    /// <summary>How many messages may wait in the queue. 0 to 100; default 20.</summary>
    [Range(0, 100)]
    public int MaxQueue { get; set; } = 20;

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
}
