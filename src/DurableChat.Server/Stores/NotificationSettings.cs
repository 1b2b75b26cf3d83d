namespace DurableChat.Server.Stores;

/// <summary>The configuration section <c>Notifications</c>: over what replicas tell each other of commits.</summary>
internal sealed class NotificationSettings
{
    /// <summary>Where Redis is; left out, notifications go through the database.</summary>
    public string? Redis { get; set; }

    /// <summary>
    /// A connection string of PostgreSQL for notifications that leads directly to the database, if the one of the store
    /// leads to a pooler in transaction mode; left out, the same one.
    /// </summary>
    public string? PostgreSql { get; set; }

    /// <summary>
    /// The name of the channel, the same for all replicas of a cluster; left out, one that is made of a name that the
    /// database keeps.
    /// </summary>
    public string? Channel { get; set; }
}
