namespace DurableChat.ScaleTest.Measuring;

/// <summary>The times that the test measures at its own end of the wire.</summary>
internal sealed class Latencies
{
    /// <summary>From a command to the first part of its answer.</summary>
    public LatencyRecorder FirstPart { get; } = new();

    /// <summary>From a command to the end of its turn.</summary>
    public LatencyRecorder Turn { get; } = new();

    /// <summary>
    /// From a message's creation, which is just before its commit, to each receipt over a stream that was open by then.
    /// The servers' clocks must be this machine's.
    /// </summary>
    public LatencyRecorder Message { get; } = new();

    /// <summary>From a cut to the first event of the resumed stream.</summary>
    public LatencyRecorder Resume { get; } = new();
}
