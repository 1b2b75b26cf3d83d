using DurableChat.ScaleTest.Checking;

namespace DurableChat.Lab.Chaos;

/// <summary>
/// Follows one chat for the whole run: comes back after every cut, with its position, at another replica, and keeps a
/// record of all it was given.
/// </summary>
internal sealed class ChaosFollower(
    string name,
    string chat,
    ChaosContext context,
    IEnumerable<PlannedConnection> connections,
    ViolationLog violations) : IAsyncDisposable
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _openPatience = TimeSpan.FromSeconds(2);
    private readonly StreamChecker _checker = new(chat, name, 0, violations);
    private readonly List<StreamEntry> _entries = [];
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private bool _isCalm;
    private Task _running = Task.CompletedTask;

    public string Chat { get; } = chat;

    /// <summary>The last message it was given.</summary>
    public long LastId
    {
        get
        {
            lock (_lock)
            {
                return _checker.LastId;
            }
        }
    }

    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>From now on it stays, and takes everything at once.</summary>
    public void CalmDown()
    {
        lock (_lock)
        {
            _isCalm = true;
        }
    }

    public RecordedStream Record(bool isWhole)
    {
        lock (_lock)
        {
            return new RecordedStream(name, isWhole, [.. _entries]);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        foreach (var connection in connections)
        {
            try
            {
                await FollowAsync(connection, _stop.Token);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException
                or OperationCanceledException)
            {
                // Cut, refused or broken: come back.
                if (exception is HttpRequestException { StatusCode: { } status })
                {
                    context.Answered((int)status, connection.Replica, $"stream of {Chat}");
                }
            }

            try
            {
                await Task.Delay(_pause, context.World.Time, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task FollowAsync(PlannedConnection connection, CancellationToken cancellationToken)
    {
        string? position;
        lock (_lock)
        {
            position = _checker.Position;
            _checker.Connected();
            _entries.Add(new StreamEntry(context.Seconds, null, connection.Replica, position));
        }

        using var patience = new CancellationTokenSource(_openPatience, context.World.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        await using var stream = await context.World.FollowAsync(connection.Replica, Chat, position, both.Token);
        var left = connection.Events;
        await foreach (var next in stream.ReadAsync(cancellationToken))
        {
            bool isCalm;
            lock (_lock)
            {
                _checker.Check(next);
                _entries.Add(new StreamEntry(context.Seconds, next));
                isCalm = _isCalm;
            }

            if (!isCalm && --left <= 0)
            {
                return;
            }

            if (!isCalm && connection.PauseMs > 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(connection.PauseMs), context.World.Time, cancellationToken);
            }
        }
    }
}
