using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Tests.Feeds;

/// <summary>It looks four times within an idle time.</summary>
public sealed class FeedSweeperTests
{
    [Fact]
    public async Task A_feed_stays_at_most_a_quarter_longer_than_it_has_to()
    {
        var stage = new Stage(new FeedOptions { IdleTime = TimeSpan.FromMinutes(1) });
        using var sweeper = await StartAsync(stage);
        stage.Time.Advance(TimeSpan.FromSeconds(1));
        stage.Publish(stage.Create());
        stage.Time.Advance(TimeSpan.FromSeconds(59));
        stage.Time.Advance(TimeSpan.FromSeconds(15));
        await UntilAsync(() => stage.Registry.Count == 0);
        await sweeper.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_an_answer_in_flight_takes_is_made_up_for_by_the_windows()
    {
        // Parts ask for no budget, so that each is as cheap as can be.
        var stage = new Stage(new FeedOptions { TotalBytes = 10_000 });
        using var sweeper = await StartAsync(stage);
        stage.Publish(stage.Create(new string('m', 2_000)));
        using var pin = stage.Registry.Pin(stage.Id);
        Assert.True(pin.Feed.BeginGeneration(1));
        pin.Feed.AppendPart(1, new TextPart(new string('x', 10_000)));
        Assert.Equal(1, pin.Feed.Inspect(0).Window.Count);
        stage.Time.Advance(TimeSpan.FromSeconds(15));
        await UntilAsync(() => pin.Feed.Inspect(0).Window.Count == 0);
        await sweeper.StopAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>A service begins elsewhere, too: time that passes before its timer is there does not count.</summary>
    private static async Task<FeedSweeper> StartAsync(Stage stage)
    {
        var time = new WatchedTime(stage.Time);
        var sweeper = new FeedSweeper(stage.Registry, stage.Options, time);
        await sweeper.StartAsync(TestContext.Current.CancellationToken);
        await time.HasTimer.Task;
        return sweeper;
    }

    /// <summary>The sweeper goes on elsewhere and tells nobody what it has done.</summary>
    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        while (!isSo())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private sealed class WatchedTime(TimeProvider time) : TimeProvider
    {
        public TaskCompletionSource HasTimer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = time.CreateTimer(callback, state, dueTime, period);
            HasTimer.TrySetResult();
            return timer;
        }
    }
}
