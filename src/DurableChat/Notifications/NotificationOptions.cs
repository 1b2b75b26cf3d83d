namespace DurableChat.Notifications;

/// <summary>Settings for notifications between replicas.</summary>
public sealed record NotificationOptions
{
    /// <summary>
    /// How often the versions of all chats in memory are compared with the database. Together with
    /// <see cref="SyncPatience"/>, this is the longest time by which a lost notification can delay a message. Default 4
    /// seconds.
    /// </summary>
    public TimeSpan SyncInterval { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>How often versions are compared while the channel is down. Default 1 second.</summary>
    public TimeSpan SyncIntervalWhileDown { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How often live lists of chats are read again. They have no version to compare, so this is the longest time by
    /// which a lost notification can delay a change of a chat that is not open on this replica. One statement for each
    /// owner whose list is watched, spread over time: 200 a second. Default 30 seconds.
    /// </summary>
    public TimeSpan ListSyncInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a notification may take before it counts as lost. Default 1 second.</summary>
    public TimeSpan SyncPatience { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How often a replica checks that the channel delivers, by sending a probe to itself. Default 15 seconds.
    /// </summary>
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long a probe may take. The channel counts as down when two in a row are missing. Default 5 seconds.
    /// </summary>
    public TimeSpan ProbePatience { get; set; } = TimeSpan.FromSeconds(5);
}
