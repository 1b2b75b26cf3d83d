using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Notifications;
using DurableChat.Relays;
using DurableChat.Tests.Support;
using Polly;
using Xunit;

namespace DurableChat.Systematic.Tests;

/// <summary>A relay that connects while the answer it is to bring is being made, and ends.</summary>
public sealed class RelaySchedules
{
    [Fact]
    public void An_answer_that_ends_while_a_relay_connects_is_shown_once() => Explore.Schedules(async () =>
    {
        var origin = new Stage(replica: "a");
        origin.Store.Before = async _ => await Task.Yield();
        var metrics = new FeedMetrics(null, origin.Time);
        var options = new FeedOptions { InlinePatience = TimeSpan.Zero };
        var remote = new FeedRegistry(options, metrics, origin.Time) { Replica = "b" };
        using var here = origin.Registry.Pin(origin.Id);
        using var there = remote.Pin(origin.Id);
        var created = origin.Commit(ChatRules.Decide(new CreateChat(origin.Id, "owner", "m1", "demo") { ClaimBy = "a" }, origin.Context));
        origin.Publish(created);
        there.Feed.Publish(created);

        void Generate()
        {
            here.Feed.BeginGeneration(1);
            here.Feed.AppendPart(1, new TextPart("one "));
            here.Feed.AppendPart(1, new TextPart("two "));
            var finished = origin.Finish("one two ");
            here.Feed.Publish(finished);
            Tell(there.Feed, finished);
        }

        // The connection is lost after each frame, and made again from where the feed is.
        async Task RelayAsync()
        {
            while (there.Feed.RelayTarget is { } target)
            {
                await foreach (var frame in new RelaySource(origin.Registry).ReadAsync(origin.Id, target.Generation, target.Seq, CancellationToken.None))
                {
                    if (frame is not null)
                    {
                        there.Feed.AppendRelayed(frame);
                        break;
                    }
                }

                await Task.Yield();
            }
        }

        async Task<Screen> FollowAsync()
        {
            var screen = new Screen();
            using var subscription = new Subscription(remote.Pin(origin.Id), new CatchUpReader(origin.Store, options, origin.Time), metrics, ResiliencePipeline.Empty, Position.Start);
            var events = new List<StreamEvent>();
            while (screen.Ids.Count < 2 || screen.Status != "waiting")
            {
                await subscription.NextAsync(events, CancellationToken.None);
                screen.Show(events);
            }

            return screen;
        }

        var following = Task.Run(FollowAsync);
        await Task.WhenAll(Task.Run(Generate), Task.Run(RelayAsync), following);
        Assert.Equal(["m1", "one two "], (await following).Texts);
        Assert.Null(there.Feed.TryGetParts(1));
    }, iterations: 300);

    private static void Tell(Feed feed, Transition commit)
    {
        var news = Notification.Read(NotificationWriter.Write(commit, "a", 8_000))!;
        feed.PublishRemote(news.State!, news.Messages ?? [], TimeSpan.Zero);
    }
}
