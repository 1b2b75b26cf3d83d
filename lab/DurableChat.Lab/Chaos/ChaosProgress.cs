namespace DurableChat.Lab.Chaos;

/// <summary>
/// Ties faults to the progress of the clients: a fault begins when so many steps have begun, and the step after it
/// waits until it has. So what a fault meets depends on the seed more than on the speed of the machine. Thread-safe.
/// </summary>
internal sealed class ChaosProgress
{
    private readonly Lock _lock = new();
    private readonly List<(int AtStep, TaskCompletionSource Due, TaskCompletionSource Begun)> _gates;
    private int _steps;

    public ChaosProgress(IReadOnlyList<PlannedFault> faults) =>
        _gates = [.. faults.Select(fault => (fault.AtStep, Source(), Source()))];

    /// <summary>How many steps have begun.</summary>
    public int Steps
    {
        get
        {
            lock (_lock)
            {
                return _steps;
            }
        }
    }

    /// <summary>Begins a step, behind all faults that come before it.</summary>
    public Task BeginStepAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _steps++;
            var before = _gates.Where(gate => gate.AtStep <= _steps).ToList();
            before.ForEach(gate => gate.Due.TrySetResult());
            return Task.WhenAll(before.Select(gate => gate.Begun.Task)).WaitAsync(cancellationToken);
        }
    }

    /// <summary>Waits until it is a fault's time.</summary>
    public Task WaitForFaultAsync(int fault, CancellationToken cancellationToken) =>
        _gates[fault].Due.Task.WaitAsync(cancellationToken);

    /// <summary>Says that a fault has begun.</summary>
    public void FaultBegun(int fault) => _gates[fault].Begun.TrySetResult();

    /// <summary>Nobody takes further steps: faults that were due after them are due now.</summary>
    public void End() => _gates.ForEach(gate => gate.Due.TrySetResult());

    private static TaskCompletionSource Source() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
