using System.Text;
using DurableChat.AspNetCore.Wire;
using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.ScaleTest.Measuring;
using DurableChat.Server.Stores;
using DurableChat.Storage;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Fuzz.Tests;

/// <summary>The small parsers, by themselves.</summary>
public sealed class ParserFuzzTests
{
    private static readonly GenerationSettings _settings = new() { Temperature = 0.5, Stop = ["x"] };

    private static readonly Chat _chat = new Stage().Create().Next with
    {
        PendingToolCalls = [new ToolCallPart("c", "n", "{}")],
        Error = new ChatError("c", "m", Retryable: true),
        Queue = [new QueuedMessage(7, "q", Urgent: true, DateTimeOffset.UnixEpoch)],
        Ancestors = [Guid.Empty],
        Usage = new TokenUsage(1, 2),
        UncountedGenerations = [1],
    };

    private static readonly string[] _bodies =
    [
        .. new MessagePart[][]
        {
            [new TextPart("t"), new ToolCallPart("c", "n", "{}")],
            [new ReasoningPart("r"), new RefusalPart("no"), new SourcePart("https://example.com", "t"), new ProviderToolPart("web_search", "i"), new FilePart("image/png", "AAAA")],
            [new ToolResultPart("c", "r", IsError: true)],
        }.Select(parts => StoreJson.WriteBody(Message(parts))),
        """{"parts":[{"type":"hologram","shape":{"a":[1]}},{"type":"text","text":"t"}],"generation":1,"finish_reason":"bored"}""",
    ];

    private static Message Message(IReadOnlyList<MessagePart> parts) => new()
    {
        Id = 1,
        PreviousId = 0,
        Role = MessageRole.Assistant,
        CreatedAt = DateTimeOffset.UnixEpoch,
        Parts = parts,
        Generation = 1,
        Model = "m",
        FinishReason = FinishReason.Stop,
        Usage = new TokenUsage(1, 2),
        Settings = _settings,
        Instructions = ["be brief"],
    };

    [Fact]
    public Task What_they_accept_they_write_back_the_same() => Fuzz.RunAsync("positions, ids, numbers", 30_000, 50, mangler =>
    {
        var text = mangler.Mangle(mangler.Pick(["1.2.3.4", "0.0.0.0", "0123456789abcdef0123456789abcdef", "42", "9223372036854775807"]));
        var accepted = false;
        if (Position.TryParse(text, out var position))
        {
            accepted = true;
            Assert.Equal(text, position.ToString());
        }

        if (ChatId.TryParse(text, out var id))
        {
            accepted = true;
            Assert.Equal(text, id.Value);
        }

        if (Query.TryId(text, out var number))
        {
            accepted = true;
            Assert.InRange(number, 0, long.MaxValue);
        }

        Query.TryLimit(text, 1, 10, out _);
        StoreChoice.IsPostgres(text);
        return accepted ? "accepted" : "refused";
    });

    [Fact]
    public Task What_stores_and_tools_read_is_read_or_refused() => Fuzz.RunAsync("stored bodies, tool arguments, metrics", 5_000, 50, mangler =>
    {
        var text = mangler.Pick(_bodies);
        text = mangler.Chance(5) ? text : Encoding.UTF8.GetString(mangler.Mangle(Encoding.UTF8.GetBytes(text)));
        ToolArguments.Parse(text);
        PrometheusText.Read([mangler.Mangle("# TYPE a counter\na_total{x=\"y\"} 1 2\nb_bucket{le=\"+Inf\"} 3\n")]).Sum("a_total");
        return Read(() =>
        {
            // Whoever shows or sends it on must be able to.
            var message = StoreJson.ReadMessage(1, 0, MessageRole.Assistant, DateTimeOffset.UnixEpoch, text);
            StoreJson.WriteBody(message);
            _ = message.Parts.Sum(MessagePart.CharsOf);
        });
    });

    [Fact]
    public Task The_state_of_a_chat_is_read_or_refused() => Fuzz.RunAsync("stored states, settings, tools, texts", 5_000, 40, mangler =>
    {
        var at = mangler.Next(4);
        var good = at switch
        {
            0 => StoreJson.WriteState(_chat),
            1 => StoreJson.WriteSettings(_settings)!,
            2 => StoreJson.WriteClientTools([new ClientTool("clock", "d", "{\"type\":\"object\"}")]),
            _ => StoreJson.WriteText("text 😀"),
        };
        var text = mangler.Chance(5) ? good : Encoding.UTF8.GetString(mangler.Mangle(Encoding.UTF8.GetBytes(good)));
        return Read(() =>
        {
            switch (at)
            {
                case 0:
                    StoreJson.WriteState(StoreJson.ReadState(_chat with { Queue = [] }, text, _chat.Queue));
                    break;
                case 1:
                    StoreJson.WriteSettings(StoreJson.ReadSettings(text));
                    break;
                case 2:
                    StoreJson.WriteClientTools(StoreJson.ReadClientTools(text));
                    break;
                default:
                    StoreJson.WriteText(StoreJson.ReadText(text));
                    break;
            }
        });
    });

    private static string Read(Action read)
    {
        try
        {
            read();
            return "read";
        }
        catch (ChatStoreException)
        {
            return "refused";
        }
    }
}
