using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace DurableChat.Integration.Tests.Limits;

/// <summary>Hears of every stream that a server opens and closes.</summary>
internal sealed class StreamCount : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();
    private readonly List<(long Count, TaskCompletionSource Reached)> _waiting = [];
    private long _open;

    public StreamCount(IServiceProvider services)
    {
        var meters = services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "durablechat.streams.active" && ReferenceEquals(instrument.Meter.Scope, meters))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, change, _, _) => Note(change));
        _listener.Start();
    }

    /// <summary>Completes when so many are open.</summary>
    public Task ReachesAsync(long count)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_open == count)
            {
                return Task.CompletedTask;
            }

            _waiting.Add((count, reached));
        }

        return reached.Task.WaitAsync(_patience, TimeProvider.System);
    }

    public void Dispose() => _listener.Dispose();

    private void Note(long change)
    {
        lock (_gate)
        {
            _open += change;
            foreach (var (_, reached) in _waiting.FindAll(waiting => waiting.Count == _open))
            {
                reached.TrySetResult();
            }
        }
    }
}
