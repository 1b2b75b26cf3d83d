namespace DurableChat.ScaleTest.Faults;

/// <summary>What can be done to a cluster while it works.</summary>
internal enum FaultKind
{
    /// <summary>kill -9 of a replica, which starts again a moment later.</summary>
    Kill,

    /// <summary>A replica is frozen for longer than its leases live, and then goes on.</summary>
    Pause,

    /// <summary>The database ends every connection.</summary>
    Terminate,

    /// <summary>The database crashes and starts again.</summary>
    Restart,

    /// <summary>The connections that hear notifications are cut again and again for 20 seconds.</summary>
    Channel,

    /// <summary>For 10 seconds every answer of the database takes 50 ms longer.</summary>
    Slow,

    /// <summary>Every replica in turn is asked to stop, and starts again.</summary>
    Rolling,

    /// <summary>Writes hang for 5 to 45 seconds, and then succeed. Reads work.</summary>
    Hang,

    /// <summary>Writes fail for 5 to 45 seconds. Reads work.</summary>
    ReadOnly,

    /// <summary>
    /// Requests over the connections that are open are held back for 5 to 45 seconds: a commit becomes visible after
    /// its caller has given up and looked.
    /// </summary>
    Late,
}
