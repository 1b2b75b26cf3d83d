using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Tests.Feeds;

/// <summary>What delivering costs, in counts that depend on no machine.</summary>
public sealed class DeliveryCostTests
{
    [Fact]
    public void Reading_from_the_window_allocates_nothing()
    {
        const int Messages = 51, Behind = 50, Looks = 100;
        var stage = new Stage();
        stage.Publish(stage.Create());
        while (stage.Store.State(stage.Id).LastMessageId < Messages)
        {
            stage.Publish(stage.Finish(), stage.Send("next"));
        }

        using var pin = stage.Registry.Pin(stage.Id);
        var behind = new Position(1, Messages - Behind, 0, 0);
        var cursor = new SubscriberCursor(behind);
        var events = new List<StreamEvent>(capacity: 2 * Behind);
        pin.Feed.Look(cursor, events);
        var delivered = 0;
        var before = 0L;
        for (var look = 0; look < Looks; look++)
        {
            // The first may compile, and brings the status.
            before = look == 1 ? GC.GetAllocatedBytesForCurrentThread() : before;
            events.Clear();
            cursor.Position = behind;
            pin.Feed.Look(cursor, events);
            delivered += events.Count;
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(Looks * Behind, delivered);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public async Task An_event_is_serialised_once_for_all_subscribers()
    {
        var stage = new Stage();
        stage.Publish(stage.Create());
        var subscriptions = Enumerable.Range(0, 100).Select(_ => stage.Subscribe()).ToList();
        var all = subscriptions.Select(_ => new List<StreamEvent>()).ToList();
        await ReadAsync();
        using var pin = stage.Registry.Pin(stage.Id);
        pin.Feed.BeginGeneration(1);
        pin.Feed.AppendPart(1, new TextPart("so far"));
        await ReadAsync();
        stage.Publish(stage.Finish());
        await ReadAsync();

        Assert.Contains(all[0], found => found.Type == StreamEventType.MessagePart);
        Assert.Equal(2, all[0].Count(found => found.Type == StreamEventType.Message));
        foreach (var events in all)
        {
            Assert.Equal(all[0].Count, events.Count);
            Assert.All(events.Zip(all[0]), pair => Assert.Same(pair.Second, pair.First));
        }

        subscriptions.ForEach(subscription => subscription.Dispose());

        async Task ReadAsync()
        {
            var events = new List<StreamEvent>();
            for (var i = 0; i < subscriptions.Count; i++)
            {
                var read = subscriptions[i].NextAsync(events, CancellationToken.None);
                Assert.True(read.IsCompleted);
                Assert.True(await read);
                all[i].AddRange(events);
            }
        }
    }
}
