using System.Buffers.Text;
using System.Text;
using DurableChat.Chats;
using DurableChat.Cluster;
using DurableChat.Commits;
using DurableChat.Diagnostics;
using DurableChat.Feeds;
using DurableChat.Notifications;
using DurableChat.Tests.Support;
using DurableChat.Watching;
using Microsoft.Extensions.Logging;
using Xunit;

namespace DurableChat.Fuzz.Tests;

/// <summary>
/// Notifications as another program, or a broken network, might send them. One that throws would end the receiver, and
/// with it the server.
/// </summary>
public sealed class NotificationFuzzTests
{
    [Fact]
    public async Task Whatever_arrives_is_taken_or_left()
    {
        using var leaks = new Leaks();
        var good = new Stage();
        var created = good.Create();
        var payloads = new[] { created, good.Finish(), good.Send("again"), good.Edit("anew"), good.Finish("another") }
            .SelectMany(commit => new[] { NotificationWriter.Write(commit, "other", 8_000), NotificationWriter.Write(commit, "other", 300) })
            .Append(NotificationWriter.WriteDeletion(good.Id, "owner", "other"))
            .ToArray();
        await Fuzz.RunAsync("notifications", 20_000, 40, mangler =>
        {
            using var meters = new CaseMeters();
            var stage = new Stage(replica: "here", meters: meters);
            var state = new ChannelState(hasChannel: true);
            using var seal = Seals.Of(stage.Time);
            using var receiver = new NotificationReceiver(
                seal, stage.Registry, [new OwnerFeedRegistry(new CommitObservers(), TimeProvider.System)], state, new NotificationOptions(), new ReplicaName("here"),
                    new NotificationMetrics(meters, () => true), stage.Time, new Strict());
            using var pin = stage.Registry.Pin(good.Id);

            // Of a chat that is not known here nothing is taken.
            pin.Feed.Publish(created);
            for (var i = 0; i < 3; i++)
            {
                var content = mangler.Chance(20)
                    ? mangler.Pick(payloads)
                    : Encoding.UTF8.GetString(mangler.Mangle(Encoding.UTF8.GetBytes(mangler.Pick(payloads))));
                receiver.OnReceived(mangler.Chance(20) ? content : Seals.Seal(content, stage.Time));
            }

            // Whoever follows the chat then must be served, from memory or from the database.
            pin.Feed.Look(new SubscriberCursor(Position.Start), []);
            pin.Feed.TryGetHistory(10, 10_000);
            return pin.Feed.Inspect(0).Version == 1 ? "left" : "taken";
        });
        leaks.AssertNone();
    }

    /// <summary>Whoever reaches the channel may send anything: only what was sealed whole opens, and what opens is
    /// what was sealed.</summary>
    [Fact]
    public async Task Frames_that_were_tampered_with_do_not_open()
    {
        var stage = new Stage();
        using var sealing = Seals.Of(stage.Time);
        var frames = Enumerable.Range(0, 20).Select(index =>
            (Content: new string((char)('a' + index), index * 37), Kind: index % 2 == 0
            ? SealedKind.News
            : SealedKind.Probe))
            .Select(entry => (entry.Content, Frame: sealing.Seal(entry.Content, entry.Kind)))
            .ToDictionary(entry => entry.Frame, entry => entry.Content, StringComparer.Ordinal);
        string[] known = [.. frames.Keys];
        await Fuzz.RunAsync("sealed frames", 20_000, 40, mangler =>
        {
            using var seal = Seals.Of(stage.Time);
            var frame = mangler.Pick(known);
            var payload = mangler.Chance(10) ? frame
                : mangler.Chance(50) ? Encoding.UTF8.GetString(mangler.Mangle(Encoding.UTF8.GetBytes(frame)))
                : Base64Url.EncodeToString(mangler.Mangle(Base64Url.DecodeFromChars(frame)));
            using var opened = seal.Open(payload, out _);
            NotificationSeal.IsProbe(payload);
            if (opened.Trust == SealTrust.None)
            {
                return "closed";
            }

            // White space between the letters changes nothing.
            var sent = Base64Url.EncodeToString(Base64Url.DecodeFromChars(payload));
            Assert.Equal(frames[sent], Encoding.UTF8.GetString(opened.Content));
            return "opened";
        });
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
