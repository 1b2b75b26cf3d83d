using System.Text.Json;
using DurableChat.AspNetCore;
using DurableChat.Chats;
using DurableChat.Diagnostics;
using DurableChat.Feeds;
using DurableChat.Relays;
using DurableChat.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DurableChat.Fuzz.Tests;

/// <summary>Frames of relays as another program, or a broken network, might send them.</summary>
public sealed class RelayFuzzTests
{
    [Fact]
    public async Task Whatever_arrives_is_taken_or_breaks_the_relay_and_nothing_else()
    {
        using var leaks = new Leaks();
        var stage = new Stage();
        var created = stage.Create();
        var lines = Lines(created).ToArray();
        await Fuzz.RunAsync("relay frames", 10_000, 150, async mangler =>
        {
            using var meters = new CaseMeters();
            var time = new FakeTimeProvider();
            var registry = new FeedRegistry(new FeedOptions(), new FeedMetrics(meters, time), time) { Replica = "b" };
            using var pin = registry.Pin(stage.Id);
            pin.Feed.Publish(created);
            var outcome = "taken";
            for (var i = 0; i < lines.Length && outcome == "taken"; i++)
            {
                using var bytes = new MemoryStream(mangler.Chance(60) ? lines[i] : mangler.Mangle(mangler.Chance(80) ? lines[i] : mangler.Pick(lines)));
                try
                {
                    await foreach (var frame in RelayFrames.ReadAsync(bytes, CancellationToken.None))
                    {
                        outcome = pin.Feed.AppendRelayed(frame) == RelayOutcome.Taken ? outcome : "not taken";
                    }
                }
                catch (RelayException)
                {
                    outcome = "broken";
                }
            }

            var events = new List<StreamEvent>();
            pin.Feed.Look(new SubscriberCursor(Position.Start), events);
            pin.Feed.TryGetParts(1);
            return outcome;
        });
        leaks.AssertNone();
    }

    private static IEnumerable<byte[]> Lines(Transition created)
    {
        var time = new FakeTimeProvider();
        using var pin = new FeedRegistry(new FeedOptions(), new FeedMetrics(null, time), time) { Replica = "a" }.Pin(created.Next.Id);
        pin.Feed.Publish(created);
        pin.Feed.BeginGeneration(1);
        long generation = 0, seq = 0, progress = 0;
        for (var i = 0; i < 6; i++)
        {
            pin.Feed.AppendPart(1, i % 3 == 2 ? new ReasoningPart($"thought {i}") : new TextPart($"text {i} 😀"));
            if (i == 4)
            {
                pin.Feed.AppendPart(1, new ToolCallPart("c", "clock", "{}"));
            }

            while (pin.Feed.LookForRelay(ref generation, ref seq, ref progress, out var frame, out _) && frame is not null)
            {
                yield return JsonSerializer.SerializeToUtf8Bytes(frame, RelayJson.Compact.RelayFrame);
            }
        }
    }
}
