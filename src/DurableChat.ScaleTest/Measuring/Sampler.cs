using DurableChat.ScaleTest.Running;
using DurableChat.ScaleTest.Scenarios;

namespace DurableChat.ScaleTest.Measuring;

/// <summary>
/// Reads the servers' metrics and the operating system's counts each second, and keeps a series of them. Start and stop
/// it from one thread.
/// </summary>
internal sealed class Sampler(Load load, TestBed bed) : IAsyncDisposable
{
    private const double BytesPerMb = 1024 * 1024;
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);
    private readonly List<Sample> _samples = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly long _started = load.Time.GetTimestamp();
    private Task _running = Task.CompletedTask;
    private ServerReading _first = new() { Text = PrometheusText.Read([]) };
    private ServerReading _last = new() { Text = PrometheusText.Read([]) };
    private ProcessUsage _usageBefore;
    private ProcessUsage _usage;
    private double _poolPeak;

    /// <summary>The reading before the load.</summary>
    public ServerReading First => _first;

    /// <summary>The newest reading.</summary>
    public ServerReading Last => _last;

    /// <summary>The most database connections that were in use, all replicas together.</summary>
    public double PoolPeak => Math.Max(_poolPeak, _last.PoolPeak > _first.PoolPeak ? _last.PoolPeak : 0);

    /// <summary>CPU seconds of the servers since the first reading.</summary>
    public double CpuSeconds => _usage.CpuSeconds - _usageBefore.CpuSeconds;

    /// <summary>The most memory that the servers had, in MiB.</summary>
    public double PeakMb { get; private set; }

    /// <summary>The series so far.</summary>
    public IReadOnlyList<Sample> Samples
    {
        get
        {
            lock (_samples)
            {
                return [.. _samples];
            }
        }
    }

    public TimeSpan Elapsed => load.Time.GetElapsedTime(_started);

    /// <summary>Takes the first reading, and goes on by itself.</summary>
    /// <exception cref="HttpRequestException">The metrics cannot be read.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _first = _last = await ReadAsync(cancellationToken);
        _usageBefore = _usage = Usage(_first);
        _running = RunAsync();
    }

    /// <summary>
    /// Ends the series with one last reading; if the servers give none any more, the one before stands for it.
    /// </summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        try
        {
            Add(await ReadAsync(CancellationToken.None));
        }
        catch (HttpRequestException)
        {
            Add(_last);
        }
    }

    private void Add(ServerReading reading)
    {
        lock (_samples)
        {
            var before = _samples.Count > 0 ? _samples[^1] : new Sample();
            var seconds = Elapsed.TotalSeconds;
            var interval = seconds - before.Seconds;
            var usage = Usage(reading);
            if (usage.CpuSeconds < _usage.CpuSeconds)
            {
                // A server has ended, and what it used is not told any more; it was used all the same.
                usage = _usage with { Bytes = usage.Bytes };
            }

            // Over a moment a rate says nothing: the last reading comes whenever the load ends.
            var isMoment = interval < _interval.TotalSeconds / 4;
            var (firstP50, firstP99) = load.Latencies.FirstPart.TakeRecent();
            var (turnP50, turnP99) = load.Latencies.Turn.TakeRecent();
            _poolPeak = Math.Max(_poolPeak, reading.PoolInUse);

            // A server that ran before may have had its peak then; only one that has risen since is of this run.
            PeakMb = Math.Max(PeakMb, (usage.PeakBytes > _usageBefore.PeakBytes
                ? Math.Max(usage.PeakBytes, usage.Bytes)
                : usage.Bytes) / BytesPerMb);
            _samples.Add(new Sample
            {
                Seconds = Math.Round(seconds, 2),
                Phase = load.Phase,
                TurnsCompleted = load.Counters.Completed,
                TurnsFailed = load.Counters.Failed,
                TurnsPerSecond = isMoment
                    ? before.TurnsPerSecond
                    : Math.Round((load.Counters.Completed - before.TurnsCompleted) / interval, 1),
                Events = load.Counters.Events,
                EventsPerSecond = isMoment
                    ? before.EventsPerSecond
                    : Math.Round((load.Counters.Events - before.Events) / interval),
                Rereads = reading.CatchUpReads
                    + reading.RemoteReads
                    + reading.FullRefreshReads - _first.CatchUpReads - _first.RemoteReads - _first.FullRefreshReads,
                WindowHits = reading.WindowHits - _first.WindowHits,
                WindowMisses = reading.WindowMisses - _first.WindowMisses,
                Statements = reading.Statements - _first.Statements,
                Commits = reading.Commits - _first.Commits,
                Streams = reading.Streams,
                PoolInUse = reading.PoolInUse,
                CpuCores = isMoment
                    ? before.CpuCores
                    : Math.Round((usage.CpuSeconds - _usage.CpuSeconds) / interval, 2),
                MemoryMb = Math.Round(usage.Bytes / BytesPerMb, 1),
                FirstPartP50Ms = firstP50,
                FirstPartP99Ms = firstP99,
                TurnP50Ms = turnP50,
                TurnP99Ms = turnP99,
                Violations = load.Violations.Total,
            });
            _usage = usage;
            _last = reading;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(_interval, load.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                try
                {
                    Add(await ReadAsync(_stopping.Token));
                }
                catch (HttpRequestException)
                {
                    // A replica is away for the moment; the series has a hole there.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private Task<ServerReading> ReadAsync(CancellationToken cancellationToken) =>
        load.ReadServersAsync(cancellationToken);

    private ProcessUsage Usage(ServerReading reading) =>
        bed.ServerIds.Count > 0
            ? ProcessUsage.Of(bed.ServerIds)
            : new ProcessUsage(reading.CpuSeconds, (long)reading.Bytes, (long)reading.Bytes);
}
