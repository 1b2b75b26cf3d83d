using System.Net;
using DurableChat.Recorder.Wire;

namespace DurableChat.Server.Recorders;

/// <summary>
/// Checks the recorder's state, which also keeps alive a recorder that ends without requests, and starts one if the
/// server is to do that. The socket leads it to a recorder that an earlier server has started. Thread-safe.
/// </summary>
internal sealed partial class RecorderWatch : BackgroundService
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(5);

    /// <summary>How often a recorder is checked that the server has started and that is not ready yet.</summary>
    private static readonly TimeSpan _nearInterval = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _startPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(30);

    private readonly RecorderLink _link;
    private readonly RecorderProcess? _process;
    private readonly TimeProvider _time;
    private readonly ILogger<RecorderWatch> _logger;
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly GrowingPause _pause = new(_firstPause, _longestPause);
    private long? _startedAt;

    public RecorderWatch(RecorderLink link, RecorderProcess? process, TimeProvider time, ILogger<RecorderWatch> logger)
    {
        (_link, _process, _time, _logger) = (link, process, time, logger);
        link.Failed += Wake;
    }

    /// <summary>The state at the last check.</summary>
    public RecorderState State { get; private set; }

    /// <summary>The problem, for people; null if there is none.</summary>
    public string? Complaint => State switch
    {
        RecorderState.Away => $"the recorder at {_link.On} does not answer, model calls fail until it does",
        RecorderState.WrongSecret => $"the recorder at {_link.On} has another secret, model calls fail",
        RecorderState.NoRecorder => $"what answers at {_link.On} is no recorder of this version, model calls fail",
        _ => null,
    };

    /// <summary>Checks the recorder, and starts it if necessary, before the first turn starts.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_startPatience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            while (!await LookAsync(either.Token) && _process is not null)
            {
                await Task.Delay(_nearInterval, _time, either.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The server is useful without it: histories and streams need no model.
        }

        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _link.Failed -= Wake;
        base.Dispose();
        _process?.Dispose();
        _wake.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var isReady = await LookAsync(stoppingToken);
            await WaitAsync(isReady || _process is null ? _interval : _nearInterval, stoppingToken);
        }
    }

    private async Task WaitAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        using var ring = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var woken = _wake.WaitAsync(ring.Token);
        await Task.WhenAny(woken, Task.Delay(wait, _time, ring.Token));
        await ring.CancelAsync();
        await woken.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        var state = await AskAsync(cancellationToken);
        if (state != State)
        {
            State = state;
            Log();
        }

        if (state == RecorderState.Ready)
        {
            _pause.Reset();
        }
        else if (state == RecorderState.Away
            && _process is { IsRunning: false }
            && (_startedAt is not { } started || _time.GetElapsedTime(started) >= _pause.Current))
        {
            // A recorder that ends at once is restarted with growing pauses.
            _pause.Grow();
            _startedAt = _time.GetTimestamp();
            _process.Start(Wake);
        }

        return state == RecorderState.Ready;
    }

    private async Task<RecorderState> AskAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var request = _link.Request(HttpMethod.Get, RecorderPaths.Status);
        try
        {
            using var response = await _link.AskAsync(request, either.Token);
            if (response.StatusCode == HttpStatusCode.OK && response.Headers.Contains(RecorderHeaders.Answer))
            {
                return RecorderState.Ready;
            }

            return response.Headers.TryGetValues(RecorderHeaders.Error, out var errors)
                && errors.Contains(RecorderErrors.WrongSecret)
                    ? RecorderState.WrongSecret
                    : RecorderState.NoRecorder;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return RecorderState.Away;
        }
    }

    private void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (Exception exception) when (exception is SemaphoreFullException or ObjectDisposedException)
        {
            // The watch is already awake, or the server has ended.
        }
    }

    private void Log()
    {
        if (Complaint is { } complaint)
        {
            LogComplaint(complaint);
        }
        else
        {
            LogReady(_link.On.ToString());
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Model calls go through the recorder at {Address}")]
    private partial void LogReady(string address);

    [LoggerMessage(2, LogLevel.Error, "Recorder: {Complaint}")]
    private partial void LogComplaint(string complaint);
}
