using System.Diagnostics;
using System.Text;
using DurableChat.Bench.Wire;

namespace DurableChat.Bench.Load;

/// <summary>Many subscribers on one thread, read by epoll: counts events by their markers.</summary>
internal sealed unsafe class SubscriberPool(LoadPlan plan) : IDisposable
{
    private const int HeldRoom = 64, BufferBytes = 256 * 1024, EventRoom = 512;
    private const double ReadySeconds = 120;

    /// <summary>After how many connections those that are open are read.</summary>
    private const int ConnectBatch = 16;

    private readonly byte[] _ready = Encoding.ASCII.GetBytes(plan.Ready);
    private readonly Subscriber?[] _subscribers = new Subscriber?[plan.Subscribers];
    private readonly byte[] _buffer = new byte[HeldRoom + BufferBytes];
    private readonly Native.EpollEvent[] _events = new Native.EpollEvent[EventRoom];
    private readonly int _epoll = Native.CreateEpoll(0);
    private int _connected;
    private int _readyCount;

    /// <summary>
    /// Called for each event, with the subscriber, and the nanoseconds since it was published if they are known.
    /// </summary>
    public Action<Subscriber, long?> Taken { get; set; } = (_, _) => { };

    /// <summary>How many events all have received together.</summary>
    public long Received { get; private set; }

    /// <summary>All that have been connected.</summary>
    public IEnumerable<Subscriber> All => _subscribers.Take(_connected).OfType<Subscriber>();

    /// <summary>Connects until there are so many.</summary>
    public void ConnectUpTo(int count)
    {
        for (; _connected < count; _connected++)
        {
            var subscriber = Connector.Connect(plan, _connected, _subscribers[_connected]);
            _subscribers[_connected] = subscriber;
            var wanted = new Native.EpollEvent { Events = Native.Readable, Data = _connected };
            if (Native.ControlEpoll(_epoll, Native.Add, subscriber.Descriptor, ref wanted) != 0)
            {
                throw new IOException("epoll_ctl failed.");
            }

            if (_connected % ConnectBatch == 0)
            {
                Poll(milliseconds: 0);
            }
        }
    }

    /// <summary>Waits until all are registered at the server.</summary>
    /// <exception cref="TimeoutException">Some are not.</exception>
    public void WaitUntilReady()
    {
        PollUntil(() => _readyCount == _connected, ReadySeconds);
        if (_readyCount < _connected)
        {
            throw new TimeoutException(
                $"Only {_readyCount} of {_connected} subscribers were registered in {ReadySeconds} s.");
        }
    }

    /// <summary>Cuts all connections. Who connects again goes on where it was.</summary>
    public void CutAll()
    {
        foreach (var subscriber in All)
        {
            subscriber.Dispose();
        }

        _connected = _readyCount = 0;
        Received = 0;
    }

    /// <summary>Reads what there is until something has come to pass, or for so long.</summary>
    public void PollUntil(Func<bool> isDone, double seconds)
    {
        var end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        while (!isDone() && Stopwatch.GetTimestamp() < end)
        {
            Poll(milliseconds: 10);
        }
    }

    public void Dispose() => CutAll();

    private void Poll(int milliseconds)
    {
        int count;
        fixed (Native.EpollEvent* events = _events)
        {
            count = Native.WaitEpoll(_epoll, events, EventRoom, milliseconds);
        }

        for (var i = 0; i < count; i++)
        {
            Read(_subscribers[_events[i].Data]!);
        }
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
        if (plan.TracksPosition)
        {
            subscriber.TrackPosition(bytes);
        }

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
                return null;
            }

            if (bytes.Length - at < Marker.Length)
            {
                return bytes[at..].ToArray();
            }

            Received++;
            subscriber.Received++;
            Taken(subscriber, now - Marker.Read(bytes[at..]));
            bytes = bytes[(at + Marker.Length)..];
        }
    }
}
