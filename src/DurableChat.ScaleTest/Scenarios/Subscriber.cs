using DurableChat.ScaleTest.Checking;
using DurableChat.ScaleTest.Wire;

namespace DurableChat.ScaleTest.Scenarios;

/// <summary>
/// Follows one chat with one stream, comes back whenever the stream ends, and has everything checked. Its members may
/// be called from any thread.
/// </summary>
internal sealed class Subscriber : IAsyncDisposable
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(250);
    private readonly Load _load;
    private readonly string _chat;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Action<WireEvent>? _observe;
    private readonly Lock _lock = new();
    private CancellationTokenSource _connection = new();
    private TaskCompletionSource _back = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;

    /// <summary>Makes one that is not connected yet.</summary>
    /// <param name="load">The run it belongs to.</param>
    /// <param name="chat">The chat.</param>
    /// <param name="name">Its name in reports.</param>
    /// <param name="after">The message to begin after.</param>
    /// <param name="observe">Gets each event after it was checked; null for nobody.</param>
    public Subscriber(Load load, string chat, string name, long after = 0, Action<WireEvent>? observe = null)
    {
        _load = load;
        _chat = chat;
        Name = name;
        _observe = observe;
        Checker = new StreamChecker(chat, name, after, load.Violations);
    }

    public string Name { get; }

    public StreamChecker Checker { get; }

    /// <summary>Where it was connected last.</summary>
    public Uri? Replica { get; private set; }

    /// <summary>The last message it was given.</summary>
    public long LastId
    {
        get
        {
            lock (_lock)
            {
                return Checker.LastId;
            }
        }
    }

    /// <summary>A message that it was given, at random; 0 if there is none.</summary>
    public long AnyMessage(Load load)
    {
        lock (_lock)
        {
            return Checker.Seen.Count == 0 ? 0 : Checker.Seen[load.Random(Checker.Seen.Count)].Id;
        }
    }

    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>
    /// Breaks the connection; it comes back at once, at any replica. Completes when it has been given something again.
    /// </summary>
    public Task CutAsync()
    {
        var back = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        CancellationTokenSource connection;
        lock (_lock)
        {
            _back = back;
            connection = _connection;
        }

        try
        {
            connection.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It broke just now by itself; the next one completes what is waited for.
        }

        return back.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
        _connection.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            using var connection = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            TaskCompletionSource back;
            lock (_lock)
            {
                _connection = connection;
                back = _back;
            }

            try
            {
                await FollowAsync(back, connection.Token);
                _load.Counters.StreamEnded();
            }
            catch (OperationCanceledException)
            {
                // Cut on purpose: come back at once.
                continue;
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                _load.Counters.StreamFailed();
            }

            try
            {
                await Task.Delay(_pause, _load.Time, _stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task FollowAsync(TaskCompletionSource back, CancellationToken cancellationToken)
    {
        Replica = _load.AnyReplica();
        string? position;
        lock (_lock)
        {
            position = Checker.Position;
            Checker.Connected();
        }

        await using var stream = await _load.Api.OpenAsync(
            Replica, _chat, _load.Options.Transport, position, Checker.After, cancellationToken);
        var openedAt = _load.Time.GetUtcNow();
        await foreach (var next in stream.ReadAsync(cancellationToken))
        {
            if (next.Message is { } message && message.CreatedAt >= openedAt)
            {
                _load.Latencies.Message.Record(_load.Time.GetUtcNow() - message.CreatedAt);
            }

            lock (_lock)
            {
                Checker.Check(next);
            }

            _load.Counters.Delivered();
            back.TrySetResult();
            _observe?.Invoke(next);
        }
    }
}
