namespace DurableChat.ScaleTest.Measuring;

/// <summary>The times that the test measures at its own end of the wire.</summary>
internal sealed class Latencies
{
    /// <summary>From a command to the first part of its answer.</summary>
    public LatencyRecorder FirstPart { get; } = new();

    /// <summary>From a command to the end of its turn.</summary>
    public LatencyRecorder Turn { get; } = new();

    /// <summary>From a cut to the first event of the resumed stream.</summary>
    public LatencyRecorder Resume { get; } = new();
}
