using System.Text;
using DurableChat.Chats;
using DurableChat.Diagnostics;
using DurableChat.Feeds;
using DurableChat.Notifications;
using DurableChat.Tests.Support;
using DurableChat.Watching;
using Microsoft.Extensions.Logging;
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
            using var meters = new CaseMeters();
            var stage = new Stage(replica: "here", meters: meters);
            var state = new ChannelState(hasChannel: true);
            using var receiver = new NotificationReceiver(
                null, stage.Registry, [new OwnerFeedRegistry()], state, new NotificationOptions(), "here", new NotificationMetrics(meters, () => true), stage.Time, new Strict());
            using var pin = stage.Registry.Pin(good.Id);
            for (var i = 0; i < 3; i++)
            {
                receiver.OnReceived(mangler.Chance(20) ? mangler.Pick(payloads) : Encoding.UTF8.GetString(mangler.Mangle(Encoding.UTF8.GetBytes(mangler.Pick(payloads)))));
            }

            // Whoever follows the chat then must be served, from memory or from the database.
            pin.Feed.Look(new SubscriberCursor(Position.Start), []);
            pin.Feed.TryGetHistory(10, 10_000);
            return pin.Feed.Inspect(0).Version == 0 ? "left" : "taken";
        });
        leaks.AssertNone();
    }

    /// <summary>The receiver logs what it catches, and nothing should have been thrown.</summary>
    private sealed class Strict : ILogger<NotificationReceiver>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (exception is not null)
            {
                throw new InvalidOperationException("A notification made the receiver fail.", exception);
            }
        }
    }
}
