using System.Text;
using DurableChat.Chats;
using DurableChat.Diagnostics;
using DurableChat.Feeds;
using DurableChat.Notifications;
using DurableChat.Tests.Support;
using DurableChat.Watching;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DurableChat.Fuzz.Tests;

/// <summary>Notifications as another program, or a broken network, might send them. One that throws would end the receiver, and with it the server.</summary>
public sealed class NotificationFuzzTests
{
    [Fact]
    public async Task Whatever_arrives_is_taken_or_left()
    {
        using var leaks = new Leaks();
        var good = new Stage();
        var payloads = new[] { good.Create(), good.Finish(), good.Send("again"), good.Edit("anew"), good.Finish("another") }
            .SelectMany(commit => new[] { NotificationWriter.Write(commit, "other", 8_000, isInline: true), NotificationWriter.Write(commit, "other", 8_000, isInline: false) })
            .Append(NotificationWriter.WriteDeletion(good.Id, "owner", "other"))
            .ToArray();
        await Fuzz.RunAsync("notifications", 20_000, 200, mangler =>
        {
            var stage = new Stage(replica: "here");
            var state = new ChannelState(hasChannel: true);
            using var receiver = new NotificationReceiver(
                null, stage.Registry, [new OwnerFeedRegistry()], state, new NotificationOptions(), "here", new NotificationMetrics(null, () => true), stage.Time, NullLogger<NotificationReceiver>.Instance);
            using var pin = stage.Registry.Pin(good.Id);
            for (var i = 0; i < 3; i++)
            {
                receiver.OnReceived(mangler.Chance(20) ? mangler.Pick(payloads) : Encoding.UTF8.GetString(mangler.Mangle(Encoding.UTF8.GetBytes(mangler.Pick(payloads)))));
            }

            // Whoever follows the chat then must be served, from memory or from the database.
            pin.Feed.Look(new SubscriberCursor(Position.Start), []);
            pin.Feed.TryGetHistory(10, 10_000);
            return pin.Feed.KnownVersion is null ? "left" : "taken";
        });
        leaks.AssertNone();
    }
}
