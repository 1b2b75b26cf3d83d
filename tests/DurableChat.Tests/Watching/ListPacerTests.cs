using DurableChat.Watching;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DurableChat.Tests.Watching;

/// <summary>How reads of lists are spread.</summary>
public sealed class ListPacerTests
{
    private readonly WatchedTime _time = new();
    private readonly List<string> _turns = [];
    private readonly ListPacer _pacer;

    public ListPacerTests() => _pacer = new ListPacer(_time, 20, owner =>
    {
        lock (_turns)
        {
            _turns.Add(owner);
        }
    });

    [Fact]
    public async Task Ten_thousand_owners_have_their_turn_some_at_a_time_and_each_once()
    {
        string[] owners = [.. Enumerable.Range(0, 10_000).Select(number => $"owner {number}")];
        _pacer.Ask(owners);
        Assert.Equal(20, Turns);

        // While the channel is down they are asked for again each second.
        for (var second = 0; second < 10; second++)
        {
            _pacer.Ask(owners.Skip(Turns));
            for (var round = 0; round < 10; round++)
            {
                await NextRoundAsync();
            }
        }

        Assert.Equal(20 + (10 * 200), Turns);
        Assert.Equal(owners.Take(Turns), _turns);
        Assert.Equal(10_000 - Turns, _pacer.Count);
    }

    [Fact]
    public async Task One_who_asks_without_pause_has_one_turn_a_round()
    {
        for (var ask = 0; ask < 1_000; ask++)
        {
            _pacer.Ask("greedy");
        }

        Assert.Equal(1, Turns);
        _pacer.Ask("quiet");
        await NextRoundAsync();
        Assert.Equal(["greedy", "greedy", "quiet"], _turns);
    }

    [Fact]
    public async Task Who_asks_after_a_rest_has_its_turn_at_once()
    {
        _pacer.Ask("one");
        _time.Advance(TimeSpan.FromMilliseconds(100));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        while (Turns < 2)
        {
            // The round ends elsewhere.
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
            _pacer.Ask("other");
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal("other", _turns[1]);
    }

    private int Turns
    {
        get
        {
            lock (_turns)
            {
                return _turns.Count;
            }
        }
    }

    /// <summary>A round goes on elsewhere; it is over when the timer of the next is there.</summary>
    private async Task NextRoundAsync()
    {
        await _time.Timers.WaitAsync(TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        await _time.Timers.WaitAsync(TestContext.Current.CancellationToken);
        _time.Timers.Release();
    }

    private sealed class WatchedTime : FakeTimeProvider
    {
        public SemaphoreSlim Timers { get; } = new(0);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            Timers.Release();
            return timer;
        }
    }
}
