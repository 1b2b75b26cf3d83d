using System.Diagnostics;
using DurableChat.Bench.Wire;
using HdrHistogram;

namespace DurableChat.Bench.Load;

/// <summary>Puts a server under load as its plan says, phase by phase.</summary>
internal sealed class LoadGenerator : IDisposable
{
    private const long MaxNanoseconds = 60_000_000_000;

    /// <summary>
    /// How many events of one chat may be under way at a steady rate. A server that stands still for a moment would
    /// else fall behind what it keeps in memory, and have to read what was never written to a database.
    /// </summary>
    private const int MostUnderWay = 200;

    private const double RunUpSeconds = 0.3, DrainSeconds = 5, IdleSeconds = 3;
    private readonly LoadPlan _plan;
    private readonly SubscriberPool _pool;
    private readonly Publisher _publisher;
    private readonly Progress? _progress;
    private readonly LongHistogram _latencies = new(MaxNanoseconds, 3);
    private EventKind _kind;
    private int _window;
    private bool _isSaturating;
    private bool _isMeasuring;

    public LoadGenerator(LoadPlan plan)
    {
        _plan = plan;
        _progress = plan.Chats == 1 ? new Progress(plan.Subscribers) : null;
        _pool = new SubscriberPool(plan) { Taken = Take };
        _publisher = new Publisher(plan.ControlPort, plan.Chats);
    }

    /// <summary>Runs the steps, or else the phases, of the plan.</summary>
    public IEnumerable<PhaseResult> Run() => _plan.Steps.Count > 0 ? RunSteps() : RunPhases();

    public void Dispose()
    {
        _publisher.Dispose();
        _pool.Dispose();
    }

    /// <summary>More and more subscribers, to whom nothing is sent: what the server's memory is with so many.</summary>
    private IEnumerable<PhaseResult> RunSteps()
    {
        foreach (var count in _plan.Steps)
        {
            _pool.ConnectUpTo(count);
            _pool.WaitUntilReady();
            var start = Read();
            _pool.PollUntil(() => false, IdleSeconds);
            yield return Describe(new Phase(EventKind.Message, PhaseMode.Idle, 0, IdleSeconds), start, Read(), lost: 0);
        }
    }

    private IEnumerable<PhaseResult> RunPhases()
    {
        _pool.ConnectUpTo(_plan.Subscribers);
        _pool.WaitUntilReady();
        PhaseResult? saturated = null;
        foreach (var phase in _plan.Phases)
        {
            var result = Run(phase, saturated);
            saturated = phase.Mode == PhaseMode.Saturated ? result : saturated;
            if (phase.Mode != PhaseMode.WarmUp)
            {
                yield return result;
            }
        }
    }

    private PhaseResult Run(Phase phase, PhaseResult? saturated)
    {
        _kind = phase.Kind;
        Begin(phase, saturated);
        Poll(RunUpSeconds);
        _latencies.Reset();
        var start = Read();
        _isMeasuring = true;
        Poll(phase.Seconds);
        _isMeasuring = false;
        var end = Read();
        _isSaturating = false;
        _publisher.StopPacing();
        return Describe(phase, start, end, Drain());
    }

    private void Begin(Phase phase, PhaseResult? saturated)
    {
        switch (phase.Mode)
        {
            case PhaseMode.WarmUp or PhaseMode.Saturated or PhaseMode.OneByOne:
                _isSaturating = true;
                _window = phase.Mode == PhaseMode.OneByOne ? 1 : _plan.Window;
                _publisher.Ask(_kind, 0, _plan.Chats);
                Grant();
                break;
            case PhaseMode.Half:
                _publisher.StartPacing(_kind, saturated!.Published / saturated.Seconds / 2, HasRoom);
                break;
            case PhaseMode.Paced:
                _publisher.StartPacing(_kind, phase.Rate, HasRoom);
                break;
            default:
                break;
        }
    }

    private bool HasRoom() => _progress is null || _publisher.Published - _progress.Complete < MostUnderWay;

    /// <summary>Reads for so long, and between reads asks for what there is room for.</summary>
    private void Poll(double seconds) => _pool.PollUntil(
        () =>
        {
            if (_isSaturating)
            {
                Grant();
            }

            return false;
        },
        seconds);

    private long Drain()
    {
        var perEvent = _plan.Subscribers / _plan.Chats;
        _pool.PollUntil(() => _pool.Received >= _publisher.Published * perEvent, DrainSeconds);
        return (_publisher.Published * perEvent) - _pool.Received;
    }

    private Reading Read() => Reading.Take(_plan, _publisher.Published, _pool.Received);

    private PhaseResult Describe(Phase phase, Reading start, Reading end, long lost) => new()
    {
        Kind = phase.Kind,
        Mode = phase.Mode,
        Seconds = Stopwatch.GetElapsedTime(start.At, end.At).TotalSeconds,
        Published = end.Published - start.Published,
        Deliveries = end.Received - start.Received,
        P50 = Percentile(50),
        P99 = Percentile(99),
        ServerCpuSeconds = end.ServerCpu - start.ServerCpu,
        SideCpuSeconds = end.SideCpu - start.SideCpu,
        LoadCpuSeconds = end.LoadCpu - start.LoadCpu,
        Bytes = CpuClock.Bytes(_plan.Servers),
        Lost = lost,
    };

    private double Percentile(double percentile) =>
        _latencies.TotalCount == 0 ? 0 : _latencies.GetValueAtPercentile(percentile) / 1000.0;

    /// <summary>
    /// Asks for the next events of one chat, as far as its slowest subscriber lets; those of many chats are asked for
    /// as they arrive.
    /// </summary>
    private void Grant()
    {
        while (_progress is not null && _publisher.Published - _progress.Complete < _window)
        {
            _publisher.Ask(_kind, 0, 1);
        }

        _publisher.Flush();
    }

    private void Take(Subscriber subscriber, long? latency)
    {
        if (_isMeasuring && latency is { } known)
        {
            _latencies.RecordValue(Math.Clamp(known, 1, MaxNanoseconds));
        }

        if (_progress is not null)
        {
            _progress.Add(subscriber.Received);
        }
        else if (_isSaturating)
        {
            _publisher.Ask(_kind, subscriber.Chat, 1);
        }
    }
}
