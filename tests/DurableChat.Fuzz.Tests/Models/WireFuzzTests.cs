using System.Globalization;
using System.Net;
using System.Text.Json;
using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Providers;
using DurableChat.Providers.Tests.Cases;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DurableChat.Fuzz.Tests;

/// <summary>
/// The wires of all protocols of models, given the answers of <see cref="ProviderCase"/> with something done to them.
/// An answer is read to its end, or fails as one that is understood, and what was read of it can be sent back.
/// </summary>
public sealed class WireFuzzTests
{
    private static readonly DateTimeOffset _now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly string[] _headers = ["Retry-After", "retry-after-ms", "x-should-retry", "Content-Type", "request-id"];
    private static readonly UserItem _question = new([new TextPart("What is the largest animal?")]);

    [Fact]
    public Task Chat_Completions() => RunAsync(ProviderWire.Chat, 50);

    [Fact]
    public Task Responses() => RunAsync(ProviderWire.Responses, 40);

    [Fact]
    public Task Anthropic_Messages() => RunAsync(ProviderWire.Messages, 50);

    private static async Task RunAsync(ProviderWire wire, int share)
    {
        using var leaks = new Leaks();
        ProviderCase[] cases = [.. ProviderCase.All.Where(each => each.ProviderWire == wire)];
        await Fuzz.RunAsync($"wire: {wire}", 1_000, share, async mangler =>
        {
            var given = mangler.Pick(cases);
            using var provider = new Provider(given, mangler);
            var model = ProviderModels.Create(Options(wire, mangler), provider, new FakeTimeProvider(_now));
            var outcome = await Outcome.ReadAsync(model, new ModelRequest { Prompt = [_question] });
            if (outcome.Failure is { } failure)
            {
                Assert.InRange(failure.RetryAfter ?? TimeSpan.Zero, TimeSpan.Zero, TimeSpan.MaxValue);
                return failure.Error.Code;
            }

            // What was read goes back, and the request is JSON whatever it was made of.
            await Outcome.ReadAsync(model, new ModelRequest { Prompt = After(outcome) });
            return "read";
        });
        leaks.AssertNone();
    }

    private static ProviderOptions Options(ProviderWire wire, Mangler mangler) => new()
    {
        Wire = wire,
        Model = "m-1",
        Key = "k",
        Endpoint = new Uri("http://provider.test/v1"),
        Flavour = wire == ProviderWire.Chat
            ? mangler.Pick([ChatFlavour.Auto, ChatFlavour.DeepSeek, ChatFlavour.OpenRouter, ChatFlavour.Gemini])
            : ChatFlavour.Auto,
        ParsesThinkTags = wire == ProviderWire.Chat && mangler.Chance(30),
    };

    private static List<PromptItem> After(Outcome outcome) =>
    [
        _question,
        new AssistantItem(outcome.ToMessage()),
        outcome.Calls.Count > 0
            ? new ToolResultsItem([.. outcome.Calls.Select(call => new ToolResultPart(call.CallId, "12:00"))])
            : new UserItem([new TextPart("And the smallest?")]),
    ];

    private sealed class Provider(ProviderCase given, Mangler mangler) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var sent = JsonDocument.Parse(await request.Content!.ReadAsByteArrayAsync(cancellationToken));
            var response = given.Response(_now);
            var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            var type = response.Content.Headers.ContentType?.ToString();
            bytes = mangler.Chance(10) ? bytes
                : type == "text/event-stream" ? mangler.MangleEvents(bytes)
                : mangler.Mangle(bytes);
            response.Content = new StreamContent(new PiecewiseStream(bytes, mangler.Chance(30) ? 1 + mangler.Next(40) : int.MaxValue));
            response.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            if (mangler.Chance(10))
            {
                response.StatusCode = (HttpStatusCode)(200 + mangler.Next(400));
            }

            if (mangler.Chance(20))
            {
                var value = mangler.Chance(50) ? mangler.Text() : mangler.Next(100_000).ToString(CultureInfo.InvariantCulture);
                response.Headers.TryAddWithoutValidation(mangler.Pick(_headers), value);
            }

            return response;
        }
    }
}
