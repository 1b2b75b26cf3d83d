using DurableChat.Recorder.Ledgers;
using DurableChat.Recorder.Options;
using DurableChat.Recorder.Recordings;
using Microsoft.Extensions.Logging;

namespace DurableChat.Recorder.Calls;

/// <summary>
/// All exchanges. The ledger makes decisions under one lock, which is never held across I/O. Requests, readers and
/// files then follow the decisions. Thread-safe.
/// </summary>
internal sealed partial class Exchanges : IAsyncDisposable
{
    private static readonly TimeSpan _sweepInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();

    // Guarded by _gate.
    private readonly Ledger<Exchange> _ledger;

    private readonly RecorderOptions _options;
    private readonly Spool _spool;
    private readonly ByteBudget _memory;
    private readonly HttpMessageInvoker _network;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _startedAt;
    private readonly ITimer _sweep;
    private long _begun;
    private long _attached;

    public Exchanges(
        RecorderOptions options, Spool spool, HttpMessageInvoker network, TimeProvider time, ILogger<Exchanges> logger)
    {
        (_options, _spool, _network, _time, _logger) = (options, spool, network, time, logger);
        _ledger = new Ledger<Exchange>(options.Ledger);
        _memory = new ByteBudget(options.MemoryBytes);
        _startedAt = time.GetTimestamp();
        _sweep = time.CreateTimer(_ => Sweep(), null, _sweepInterval, _sweepInterval);
    }

    private TimeSpan Now => _time.GetElapsedTime(_startedAt);

    /// <summary>The recorder's figures for operators.</summary>
    public RecorderFigures Figures()
    {
        lock (_gate)
        {
            return new RecorderFigures(
                _ledger.Count, _ledger.Running, _ledger.Unread, _begun, _attached, _memory.Used, _spool.Budget.Used);
        }
    }

    /// <summary>
    /// Finds the exchange of a request, or begins one. A caller that is not refused must call <see cref="Leave"/>.
    /// </summary>
    public (Verdict Verdict, Entry<Exchange>? Entry) Ask(Claim claim, ProviderRequest request)
    {
        Asked<Exchange> asked;
        Exchange? begun = null;
        var hash = request.Hash();
        lock (_gate)
        {
            asked = _ledger.Ask(claim, hash, Now);
            if (asked is { Verdict: Verdict.Begin, Entry: { } entry })
            {
                var recording = new Recording(_options.Recording, _memory, _spool);
                begun = entry.Value = new Exchange(request, recording, _network, _logger);
                _begun++;
            }

            _attached += asked.Verdict == Verdict.Attach ? 1 : 0;
        }

        End(asked.Dropped);
        foreach (var fenced in asked.Fenced)
        {
            fenced.Value?.Recording.Pulse();
        }

        if (begun is not null)
        {
            _ = Task.Run(() => RunAsync(asked.Entry!, begun));
        }

        return (asked.Verdict, asked.Entry);
    }

    /// <summary>Removes a reader. The exchange continues.</summary>
    public void Leave(Entry<Exchange> entry)
    {
        lock (_gate)
        {
            entry.Leave(Now);
        }
    }

    /// <summary>Ends the exchange of a call; false if the caller's lease is not the newest.</summary>
    public bool Forget(Claim claim)
    {
        IReadOnlyList<Entry<Exchange>>? dropped;
        lock (_gate)
        {
            dropped = _ledger.Forget(claim, Now);
        }

        End(dropped ?? []);
        return dropped is not null;
    }

    /// <summary>True if a reader with this lease may continue, because no later lease has made a request.</summary>
    public bool MayRead(Entry<Exchange> entry, Fence fence)
    {
        lock (_gate)
        {
            return !entry.IsDropped && entry.Fence.CompareTo(fence) <= 0;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _sweep.DisposeAsync().ConfigureAwait(false);
        Entry<Exchange>[] all;
        lock (_gate)
        {
            all = [.. _ledger.All];
        }

        End(all);
    }

    private void Sweep()
    {
        IReadOnlyList<Entry<Exchange>> dropped;
        lock (_gate)
        {
            dropped = _ledger.Expire(Now);
        }

        End(dropped);
        if (dropped.Count(entry => entry.EndedAt is null) is > 0 and var cut)
        {
            LogCut(cut);
        }
    }

    private async Task RunAsync(Entry<Exchange> entry, Exchange exchange)
    {
        var isGood = await exchange.RunAsync().ConfigureAwait(false);
        lock (_gate)
        {
            entry.End(hasFailed: !isGood, Now);
        }
    }

    private static void End(IReadOnlyList<Entry<Exchange>> dropped)
    {
        foreach (var entry in dropped)
        {
            entry.Value?.Cancel();
            entry.Value?.Dispose();
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "{Count} exchanges were cut that nobody read, or that took too long")]
    private partial void LogCut(int count);
}
