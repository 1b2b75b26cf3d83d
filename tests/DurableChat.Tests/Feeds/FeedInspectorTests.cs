using DurableChat.Chats;
using DurableChat.Diagnostics;
using DurableChat.Feeds;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Tests.Feeds;

/// <summary>What operators see of the memory of a replica.</summary>
public sealed class FeedInspectorTests
{
    [Fact]
    public async Task A_report_tells_what_a_feed_holds()
    {
        var stage = new Stage();
        var inspector = new FeedInspector(stage.Registry, "a", new WorkerMetrics(null));
        stage.Publish(stage.Create());
        using (var pin = stage.Registry.Pin(stage.Id))
        {
            Assert.True(pin.Feed.BeginGeneration(1));
            pin.Feed.AppendPart(1, new TextPart("ab"));
            pin.Feed.AppendPart(1, new TextPart("c"));
        }

        using var subscription = stage.Subscribe();
        Assert.True(await subscription.NextAsync([], TestContext.Current.CancellationToken));
        Assert.True(await subscription.NextAsync([], TestContext.Current.CancellationToken));
        stage.Time.Advance(TimeSpan.FromSeconds(3));
        var report = inspector.Find(stage.Id)!;
        Assert.Equal((stage.Id, true, ChatStatus.Running, 1L, 1L, 1L), (report.ChatId, report.Synced, report.Status, report.Version, report.Epoch, report.HeadId));
        Assert.Equal(new Lease("a", 1), report.Lease);
        Assert.Equal((0L, 1L, 1), (report.Window.Floor, report.Window.Tail, report.Window.Count));
        Assert.Equal((1L, 2L, 3), (report.Live!.Generation, report.Live.LastSeq, report.Live.Chars));
        Assert.True(report.Window.Bytes > 0 && report.Live.Bytes > 0 && report.Bytes > report.Window.Bytes + report.Live.Bytes);
        Assert.Equal((1, 1, 3.0), (report.Pins, report.Subscribers, report.IdleSeconds));
        Assert.Equal(["1.1.1.2"], report.Cursors);
        Assert.Equal(("a", 1, report.Bytes), (inspector.Replica, inspector.Count, inspector.Bytes));
    }

    [Fact]
    public void A_report_of_a_feed_that_knows_nothing_says_so()
    {
        var stage = new Stage();
        var inspector = new FeedInspector(stage.Registry, "a", new WorkerMetrics(null));
        Assert.Null(inspector.Find(stage.Id));
        using var pin = stage.Registry.Pin(stage.Id);
        var report = inspector.Find(stage.Id)!;
        Assert.Equal((false, null, 0L, 0L, 0L), (report.Synced, report.Status, report.Version, report.Epoch, report.HeadId));
        Assert.Null(report.Lease);
        Assert.Null(report.Live);
        stage.Publish(stage.Create());
        pin.Feed.MarkUnsynced();
        Assert.Equal((false, ChatStatus.Running), (inspector.Find(stage.Id)!.Synced, inspector.Find(stage.Id)!.Status));
    }

    [Fact]
    public void The_list_begins_with_the_most_followed_then_the_largest_and_leaves_the_cursors_out()
    {
        var stage = new Stage();
        var inspector = new FeedInspector(stage.Registry, "a", new WorkerMetrics(null));
        var ids = Enumerable.Range(0, 5).Select(_ => ChatId.Create(stage.Time.GetUtcNow())).OrderBy(id => id.Value, StringComparer.Ordinal).ToArray();

        // Empty ones by their ids; then by size; then by subscribers, however small.
        int[] sizes = [0, 0, 10, 1_000, 0];
        for (var i = ids.Length - 1; i >= 0; i--)
        {
            using var pin = stage.Registry.Pin(ids[i]);
            if (sizes[i] > 0)
            {
                var created = new Stage().Create(new string('x', sizes[i]));
                pin.Feed.Publish(created with { Next = created.Next with { Id = ids[i] } });
            }
        }

        using var followed = new Subscription(stage.Registry.Pin(ids[4]), stage.Reader, stage.Metrics, Polly.ResiliencePipeline.Empty, default);
        Assert.Equal([ids[4], ids[3], ids[2], ids[0], ids[1]], inspector.List(9).Select(report => report.ChatId));
        Assert.Equal([ids[4], ids[3]], inspector.List(2).Select(report => report.ChatId));
        Assert.Empty(inspector.List(1)[0].Cursors);
        Assert.Single(inspector.Find(ids[4])!.Cursors);
    }
}
