using System.Collections.Concurrent;
using DurableChat.ScaleTest.Measuring;

namespace DurableChat.Lab.Quiet;

/// <summary>What those who work as usual saw in one phase. Thread-safe.</summary>
internal sealed class QuietTimes
{
    private readonly ConcurrentDictionary<int, int> _refused = new();

    public LatencyRecorder Commits { get; } = new();

    public LatencyRecorder Reads { get; } = new();

    /// <summary>
    /// The share of this machine's processors that was in use, by whatever process; null if the system does not say.
    /// </summary>
    public double? Busy { get; set; }

    /// <summary>Requests that were not answered with success, by status; 0 for no answer.</summary>
    public IReadOnlyDictionary<int, int> Refused => _refused;

    public void Refuse(int status) => _refused.AddOrUpdate(status, 1, (_, before) => before + 1);
}
