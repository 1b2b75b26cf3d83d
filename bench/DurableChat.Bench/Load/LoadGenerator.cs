using System.Diagnostics;
using System.Text;
using DurableChat.Bench.Wire;
using HdrHistogram;

namespace DurableChat.Bench.Load;

/// <summary>Many subscribers on one thread: counts events by their markers and takes their times. Runs the phases of a plan.</summary>
internal sealed unsafe class LoadGenerator : IDisposable
{
    private const int HeldRoom = 64, BufferBytes = 256 * 1024, EventRoom = 512;
    private const long MaxNanoseconds = 60_000_000_000;
    private const double RunUpSeconds = 0.3, DrainSeconds = 5, ReadySeconds = 120;
    private readonly LoadPlan _plan;
    private readonly byte[] _ready;
    private readonly Subscriber[] _subscribers;
    private readonly Publisher _publisher;
    private readonly Progress? _progress;
    private readonly LongHistogram _latencies = new(MaxNanoseconds, 3);
    private readonly byte[] _buffer = new byte[HeldRoom + BufferBytes];
    private readonly Native.EpollEvent[] _events = new Native.EpollEvent[EventRoom];
    private readonly int _epoll = Native.CreateEpoll(0);
    private EventKind _kind;
    private bool _isSaturating;
    private int _window;
    private bool _isMeasuring;
    private long _received;
    private int _readyCount;

    public LoadGenerator(LoadPlan plan)
    {
        _plan = plan;
        _ready = Encoding.ASCII.GetBytes(plan.Ready);
        _progress = plan.Chats == 1 ? new Progress(plan.Subscribers) : null;
        _subscribers = new Subscriber[plan.Subscribers];
        _publisher = new Publisher(plan.ControlPort, plan.Chats);
        for (var number = 0; number < _subscribers.Length; number++)
        {
            _subscribers[number] = Connector.Connect(plan, number);
            var wanted = new Native.EpollEvent { Events = Native.Readable, Data = number };
            if (Native.ControlEpoll(_epoll, Native.Add, _subscribers[number].Descriptor, ref wanted) != 0)
            {
                throw new IOException("epoll_ctl failed.");
            }
        }
    }

    /// <summary>Waits until all are registered, and runs the phases.</summary>
    public IEnumerable<PhaseResult> Run()
    {
        PollUntil(() => _readyCount == _subscribers.Length, ReadySeconds);
        if (_readyCount < _subscribers.Length)
        {
            throw new TimeoutException($"Only {_readyCount} of {_subscribers.Length} subscribers were registered in {ReadySeconds} s.");
        }

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

    public void Dispose()
    {
        _publisher.Dispose();
        foreach (var subscriber in _subscribers)
        {
            subscriber.Dispose();
        }
    }

    private PhaseResult Run(Phase phase, PhaseResult? saturated)
    {
        _kind = phase.Kind;
        Begin(phase, saturated);
        PollFor(RunUpSeconds);
        _latencies.Reset();
        var start = Reading.Take(_plan, _publisher.Published, _received);
        _isMeasuring = true;
        PollFor(phase.Seconds);
        _isMeasuring = false;
        var end = Reading.Take(_plan, _publisher.Published, _received);
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
                _publisher.StartPacing(_kind, saturated!.Published / saturated.Seconds / 2);
                break;
            case PhaseMode.Paced:
                _publisher.StartPacing(_kind, phase.Rate);
                break;
            default:
                break;
        }
    }

    private long Drain()
    {
        var perEvent = _plan.Chats == 1 ? _plan.Subscribers : 1;
        PollUntil(() => _received >= _publisher.Published * perEvent, DrainSeconds);
        return (_publisher.Published * perEvent) - _received;
    }

    private PhaseResult Describe(Phase phase, Reading start, Reading end, long lost) => new()
    {
        Kind = phase.Kind,
        Mode = phase.Mode,
        Seconds = Stopwatch.GetElapsedTime(start.At, end.At).TotalSeconds,
        Published = end.Published - start.Published,
        Deliveries = end.Received - start.Received,
        P50 = _latencies.TotalCount == 0 ? 0 : _latencies.GetValueAtPercentile(50) / 1000.0,
        P99 = _latencies.TotalCount == 0 ? 0 : _latencies.GetValueAtPercentile(99) / 1000.0,
        ServerCpuSeconds = end.ServerCpu - start.ServerCpu,
        SideCpuSeconds = end.SideCpu - start.SideCpu,
        LoadCpuSeconds = end.LoadCpu - start.LoadCpu,
        Bytes = CpuClock.Bytes(_plan.Servers),
        Lost = lost,
    };

    private void PollFor(double seconds) => PollUntil(() => false, seconds);

    private void PollUntil(Func<bool> isDone, double seconds)
    {
        var end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        while (!isDone() && Stopwatch.GetTimestamp() < end)
        {
            Poll();
        }
    }

    private void Poll()
    {
        int count;
        fixed (Native.EpollEvent* events = _events)
        {
            count = Native.WaitEpoll(_epoll, events, EventRoom, milliseconds: 10);
        }

        for (var i = 0; i < count; i++)
        {
            Read(_subscribers[_events[i].Data]);
        }

        if (_isSaturating)
        {
            Grant();
        }
    }

    /// <summary>Asks for the next events of one chat, as far as its slowest subscriber lets; those of many chats are asked for as they arrive.</summary>
    private void Grant()
    {
        while (_progress is not null && _publisher.Published - _progress.Complete < _window)
        {
            _publisher.Ask(_kind, 0, 1);
        }

        _publisher.Flush();
    }

    private void Read(Subscriber subscriber)
    {
        var held = subscriber.Held;
        var start = HeldRoom - (held?.Length ?? 0);
        held?.CopyTo(_buffer, start);
        nint received;
        fixed (byte* buffer = &_buffer[HeldRoom])
        {
            received = Native.Receive(subscriber.Descriptor, buffer, BufferBytes, Native.DoNotWait);
        }

        if (received <= 0)
        {
            throw new IOException("The server has closed a subscriber's connection.");
        }

        var bytes = _buffer.AsSpan(start, HeldRoom - start + (int)received);
        subscriber.Held = subscriber.IsReady ? Count(subscriber, bytes) : LookForReady(subscriber, bytes);
    }

    /// <summary>Gives what may be the beginning of the text that is looked for.</summary>
    private byte[]? LookForReady(Subscriber subscriber, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IndexOf(_ready) is var at && at >= 0)
        {
            subscriber.IsReady = true;
            _readyCount++;
            return Count(subscriber, bytes[(at + _ready.Length)..]);
        }

        return bytes[^Math.Min(bytes.Length, Math.Min(_ready.Length, HeldRoom))..].ToArray();
    }

    /// <summary>Counts the markers; gives what may be the beginning of another.</summary>
    private byte[]? Count(Subscriber subscriber, ReadOnlySpan<byte> bytes)
    {
        var now = Stopwatch.GetTimestamp();
        while (true)
        {
            var at = bytes.IndexOf(Marker.Start);
            if (at < 0)
            {
                return bytes.Length > 0 && bytes[^1] == Marker.Start[0] ? [bytes[^1]] : null;
            }

            if (bytes.Length - at < Marker.Length)
            {
                return bytes[at..].ToArray();
            }

            Take(subscriber, now - Marker.Read(bytes[at..]));
            bytes = bytes[(at + Marker.Length)..];
        }
    }

    private void Take(Subscriber subscriber, long latency)
    {
        _received++;
        subscriber.Received++;
        if (_isMeasuring)
        {
            _latencies.RecordValue(Math.Clamp(latency, 1, MaxNanoseconds));
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
