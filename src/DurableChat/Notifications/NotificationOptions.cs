namespace DurableChat.Notifications;

/// <summary>How replicas tell each other of commits.</summary>
public sealed record NotificationOptions
{
    /// <summary>How often the versions of all chats in memory are compared with the database: with <see cref="SyncPatience"/>, the longest that a lost notification can delay a message. Default 4 seconds.</summary>
    public TimeSpan SyncInterval { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>The same, while the channel is down. Default 1 second.</summary>
    public TimeSpan SyncIntervalWhileDown { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How often live lists of chats are read anew, which have no version to compare: the longest that a lost notification can delay news of a chat that nobody here has open. One statement for each owner
    /// whose list is watched, spread over time: 200 a second. Default 30 seconds.
    /// </summary>
    public TimeSpan ListSyncInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a notification may be on its way before it counts as lost. Default 1 second.</summary>
    public TimeSpan SyncPatience { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a replica checks that the channel delivers, by sending a hint to itself. Default 15 seconds.</summary>
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long such a hint may be on its way. The channel counts as down when two in a row are missing. Default 5 seconds.</summary>
    public TimeSpan ProbePatience { get; set; } = TimeSpan.FromSeconds(5);
}
