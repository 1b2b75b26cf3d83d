namespace DurableChat.Lab.Chaos;

/// <summary>What chaos is made with.</summary>
internal enum ChaosMode
{
    /// <summary>Servers as processes of their own, reached over HTTP.</summary>
    Process,

    /// <summary>Replicas as objects within the test's own process: a thousand seeds in minutes.</summary>
    InProcess,
}
