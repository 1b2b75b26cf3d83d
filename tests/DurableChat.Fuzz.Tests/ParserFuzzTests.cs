using System.Text;
using DurableChat.AspNetCore;
using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.ScaleTest.Measuring;
using DurableChat.Server;
using DurableChat.Storage;
using Xunit;

namespace DurableChat.Fuzz.Tests;

/// <summary>The small parsers, by themselves.</summary>
public sealed class ParserFuzzTests
{
    [Fact]
    public Task What_they_accept_they_write_back_the_same() => Fuzz.RunAsync("positions, ids, numbers", 30_000, 150, mangler =>
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
    public Task What_stores_and_tools_read_is_read_or_refused() => Fuzz.RunAsync("stored bodies, tool arguments, metrics", 10_000, 30, mangler =>
    {
        var message = new Message { Id = 1, PreviousId = 0, Role = MessageRole.Assistant, CreatedAt = DateTimeOffset.UnixEpoch, Parts = [new TextPart("t"), new ToolCallPart("c", "n", "{}")], Generation = 1 };
        var text = Encoding.UTF8.GetString(mangler.Mangle(Encoding.UTF8.GetBytes(StoreJson.WriteBody(message))));
        ToolArguments.Parse(text);
        PrometheusText.Read([mangler.Mangle("# TYPE a counter\na_total{x=\"y\"} 1 2\nb_bucket{le=\"+Inf\"} 3\n")]).Sum("a_total");
        try
        {
            StoreJson.ReadMessage(1, 0, MessageRole.Assistant, DateTimeOffset.UnixEpoch, text);
            return "read";
        }
        catch (ChatStoreException)
        {
            return "refused";
        }
    });
}
