using DurableChat.Chats;
using DurableChat.Cluster;
using DurableChat.Commits;
using DurableChat.Diagnostics;
using DurableChat.Feeds;
using DurableChat.Notifications;
using DurableChat.Tests.Support;
using DurableChat.Watching;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DurableChat.Systematic.Tests;

/// <summary>
/// A replica that hears of another's commits through notifications, of which some are lost, repeated or out of turn,
/// while it compares versions.
/// </summary>
public sealed class NotificationSchedules
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void No_message_is_lost_with_a_notification(int lost) => Explore.Schedules(async () =>
    {
        // The patience with messages that should come inline is no part of what is explored.
        var stage = new Stage(new FeedOptions { InlinePatience = TimeSpan.Zero }, replica: "b");
        stage.Store.Before = async _ => await Task.Yield();
        stage.Publish(stage.Commit(ChatRules.Decide(new CreateChat(stage.Id, "owner", "m1", "demo") { ClaimBy = "a" }, stage.Context)));
        var state = new ChannelState(hasChannel: true);
        var options = new NotificationOptions();
        var metrics = new NotificationMetrics(null, () => true);
        var owners = new OwnerFeedRegistry(new CommitObservers(), TimeProvider.System);
        using var receiver = new NotificationReceiver(Seals.Of(stage.Time), stage.Registry, [owners], state,
            options, new ReplicaName("b"), metrics, stage.Time, NullLogger<NotificationReceiver>.Instance);
        using var sync = new VersionSync(stage.Store, stage.Registry, owners, [owners], state, options, metrics, stage.Time, NullLogger<VersionSync>.Instance);
        var commits = new[] { stage.Finish(), stage.Send("m3"), stage.Finish("answer 2") }.Select(commit =>
            Seals.Seal(NotificationWriter.Write(commit, "a", 8_000), stage.Time)).ToArray();
        var arriving = commits.Where((_, index) => index != lost).ToArray();
        var following = Task.Run(() => FollowAsync(stage, head: 4));
        await Task.WhenAll(
            Task.Run(() => receiver.OnReceived(arriving[1])),
            Task.Run(() =>
            {
                receiver.OnReceived(arriving[0]);
                receiver.OnReceived(arriving[0]);
            }),
            Task.Run(() => sync.SyncAsync(CancellationToken.None)));
        await sync.SyncAsync(CancellationToken.None);
        Assert.Equal([1, 2, 3, 4], (await following).Ids);
    }, iterations: 300);

    private static async Task<Screen> FollowAsync(Stage stage, long head)
    {
        var screen = new Screen();
        using var subscription = stage.Subscribe();
        var events = new List<StreamEvent>();
        while (screen.Ids is not [.., var last] || last != head || screen.Status != "waiting")
        {
            await subscription.NextAsync(events, CancellationToken.None);
            screen.Show(events);
        }

        return screen;
    }
}
