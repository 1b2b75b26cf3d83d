using System.Collections.Concurrent;
using System.Globalization;

namespace DurableChat.Lab.Chaos;

/// <summary>
/// What all parts of a run share: the clock, the count that orders commands, the chats and the history so far.
/// Thread-safe.
/// </summary>
internal sealed class ChaosContext(ChaosOptions options, IChaosWorld world)
{
    private readonly long _began = world.Time.GetTimestamp();
    private readonly ConcurrentQueue<ActionRecord> _actions = new();
    private readonly TaskCompletionSource<string?>[] _chats =
        [.. Enumerable.Range(0, options.Chats)
            .Select(_ => new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously))];

    private readonly ConcurrentQueue<string> _serverErrors = new();
    private long _tick;

    public ChaosOptions Options { get; } = options;

    public IChaosWorld World { get; } = world;

    /// <summary>The commands so far.</summary>
    public IReadOnlyCollection<ActionRecord> Actions => _actions;

    /// <summary>Requests that were answered with a 5xx that is not documented.</summary>
    public IReadOnlyCollection<string> ServerErrors => _serverErrors;

    /// <summary>When the run began.</summary>
    public DateTimeOffset Origin { get; } = world.Time.GetUtcNow();

    /// <summary>Seconds since the run began, by the world's clock.</summary>
    public double Seconds => World.Time.GetElapsedTime(_began).TotalSeconds;

    /// <summary>The next number of the count that all clients share.</summary>
    public long Tick() => Interlocked.Increment(ref _tick);

    public void Add(ActionRecord action) => _actions.Enqueue(action);

    /// <summary>Notes an answer's status if it is one that no server may give.</summary>
    public void Answered(int status, int replica, string request)
    {
        if (status is >= 500 and not 503)
        {
            _serverErrors.Enqueue(string.Create(
                CultureInfo.InvariantCulture, $"{Seconds:0.000} s, replica {replica + 1}: {request} → {status}"));
        }
    }

    /// <summary>A chat's place is taken by what was created for it; null if that failed.</summary>
    public void Created(int slot, string? chat) => _chats[slot].TrySetResult(chat);

    /// <summary>Waits for the chat of a place.</summary>
    public Task<string?> WaitForChatAsync(int slot, CancellationToken cancellationToken) =>
        _chats[slot].Task.WaitAsync(cancellationToken);

    /// <summary>A chat that there is; null if there is none yet.</summary>
    public string? FindChat(int number)
    {
        var there = _chats.Where(chat => chat.Task is { IsCompletedSuccessfully: true, Result: not null })
            .Select(chat => chat.Task.Result!)
            .ToList();
        return there.Count == 0 ? null : there[number % there.Count];
    }
}
