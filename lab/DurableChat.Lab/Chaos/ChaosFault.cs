namespace DurableChat.Lab.Chaos;

/// <summary>What chaos does to the servers and their database.</summary>
internal enum ChaosFault
{
    /// <summary>kill -9 of a replica, which comes back a moment later.</summary>
    Kill,

    /// <summary>A replica is frozen for longer than its leases live, and then goes on.</summary>
    Pause,

    /// <summary>Every replica in turn is asked to stop, and comes back.</summary>
    Rolling,

    /// <summary>
    /// A replica that runs the previous version of the program is asked to stop, and comes back with this one.
    /// </summary>
    Upgrade,

    /// <summary>The database crashes and comes back.</summary>
    Restart,

    /// <summary>The database ends every connection.</summary>
    Terminate,

    /// <summary>The channel that carries notifications is cut.</summary>
    Channel,

    /// <summary>The database answers slowly for a while.</summary>
    Slow,

    /// <summary>The database can write nothing for a while: the disk is full.</summary>
    DiskFull,

    /// <summary>Writes hang for 5 to 60 seconds, and then succeed. Reads work.</summary>
    Hang,

    /// <summary>Writes fail for 5 to 60 seconds. Reads work.</summary>
    ReadOnly,

    /// <summary>
    /// The caller of a commit gets an error, and the commit becomes visible seconds later, after the state was read
    /// again.
    /// </summary>
    Late,
}
