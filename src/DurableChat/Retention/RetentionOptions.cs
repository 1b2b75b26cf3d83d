using System.ComponentModel.DataAnnotations;

namespace DurableChat.Retention;

/// <summary>What is deleted by itself: nothing, unless a time is set.</summary>
public sealed record RetentionOptions
{
    /// <summary>For how long an archived chat must have been left unchanged until it is deleted for good; null (the default) keeps all. At least a minute.</summary>
    public TimeSpan? ArchivedAfter { get; set; }

    /// <summary>How often chats are looked through. In a cluster one replica does it for all. Default one hour.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How many chats one statement looks at. 1 to 10,000; default 500.</summary>
    [Range(1, 10_000)]
    public int PageSize { get; set; } = 500;
}
