using System.ComponentModel.DataAnnotations;

namespace DurableChat.Retention;

/// <summary>Automatic deletion of archived chats. Off unless a time is set.</summary>
public sealed record RetentionOptions
{
    /// <summary>
    /// How long an archived chat must be unchanged before it is permanently deleted. At least one minute. Default null:
    /// no chat is deleted.
    /// </summary>
    public TimeSpan? ArchivedAfter { get; set; }

    /// <summary>
    /// The interval between two rounds of deletion. In a cluster, one replica runs each round for all. Default one
    /// hour.
    /// </summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How many chats one statement examines. 1 to 10,000. Default 500.</summary>
    [Range(1, 10_000)]
    public int PageSize { get; set; } = 500;
}
