using System.Globalization;
using System.Text.Json;
using DurableChat.AspNetCore;
using DurableChat.AspNetCore.Cluster;
using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Relays;
using DurableChat.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Logging;
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
        await Fuzz.RunAsync("relay frames", 10_000, 40, async mangler =>
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

    [Fact]
    public async Task Whoever_asks_for_parts_is_answered_or_refused()
    {
        const string Secret = "a-secret-that-is-long-enough-for-tests";
        using var leaks = new Leaks();
        var stage = new Stage();
        using var pin = stage.Registry.Pin(stage.Id);
        pin.Feed.Publish(stage.Create());
        pin.Feed.BeginGeneration(1);
        pin.Feed.AppendPart(1, new TextPart("text"));
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.MapDurableChatRelay(new RelaySource(stage.Registry), Secret);
        await app.StartAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(30), TimeProvider.System);
        await Fuzz.RunAsync("relay endpoint", 1_000, 35, async mangler =>
        {
            var context = await app.GetTestServer().SendAsync(http =>
            {
                var id = mangler.Chance(70) ? stage.Id.Value : mangler.Mangle(stage.Id.Value);
                http.Request.Method = "GET";
                http.Request.Path = new PathString($"/relay/v1/chats/{id}/parts");
                http.Request.QueryString = new QueryString(HttpFuzzTests.Mangle("?generation=1&after_seq=0", mangler));
                http.Request.Headers.Authorization = mangler.Chance(80) ? $"Bearer {Secret}" : mangler.Mangle($"Bearer {Secret}");
            });
            await using var body = context.Response.Body;
            Assert.InRange(context.Response.StatusCode, 200, 499);
            return context.Response.StatusCode.ToString(CultureInfo.InvariantCulture);
        });

        // The answers in flight hold the feed until their readers are seen to have gone.
        while (pin.Feed.Inspect(0).Pins > 1)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        }

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
