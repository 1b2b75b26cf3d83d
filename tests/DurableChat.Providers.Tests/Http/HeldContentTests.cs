using System.Net;
using System.Net.Http.Headers;
using System.Text;
using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Providers.Http;
using Xunit;

namespace DurableChat.Providers.Tests.Http;

/// <summary>
/// What an answer may hold in memory until its end. Each of these answers is far below the limit of bytes on the wire.
/// </summary>
public sealed class HeldContentTests
{
    private const long MostObjects = HeldContent.MaxBytes / HeldContent.BytesOfObject;

    [Theory]
    [InlineData(ProviderWire.Chat, """{"choices":[{"delta":{"tool_calls":[{"id":"N","function":{"name":"f","arguments":"{}"}}]}}]}""")]
    [InlineData(ProviderWire.Chat, """{"choices":[{"delta":{"annotations":[{"url":"N"}]}}]}""")]
    [InlineData(ProviderWire.Chat, """{"citations":["N"]}""")]
    [InlineData(ProviderWire.Chat, """{"choices":[{"delta":{"images":[{"url":"N"}]}}]}""")]
    [InlineData(ProviderWire.Chat, """{"choices":[{"delta":{"reasoning_details":[{"index":N,"type":"t"}]}}]}""")]
    [InlineData(ProviderWire.Chat, """{"choices":[{"delta":{"content":[{"type":"thinking","N":1}]}}]}""")]
    [InlineData(ProviderWire.Chat, """{"choices":[{"delta":{"extra_content":{"N":{}}}}]}""")]
    [InlineData(ProviderWire.Responses, """{"type":"response.output_item.added","output_index":N,"item":{"type":"function_call"}}""")]
    [InlineData(ProviderWire.Responses, """{"type":"response.output_item.done","output_index":N,"item":{"type":"none"}}""")]
    [InlineData(ProviderWire.Responses, """{"type":"response.output_text.annotation.added","output_index":0,"annotation":{"N":0}}""")]
    [InlineData(ProviderWire.Responses, """{"type":"response.output_text.delta","item_id":"N","delta":"x"}""")]
    [InlineData(ProviderWire.Messages, """{"type":"content_block_start","index":N,"content_block":{"type":"tool_use","id":"N"}}""")]
    [InlineData(ProviderWire.Messages, """{"type":"content_block_delta","index":N,"delta":{"type":"text_delta","text":"x"}}""")]
    [InlineData(ProviderWire.Messages, """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","citation":{"N":0}}}""")]
    public async Task An_answer_holds_no_more_things_than_its_limit_allows(ProviderWire wire, string repeated)
    {
        var events = await ReadEndlessAsync(wire, repeated);
        Assert.InRange(events, MostObjects / 4, MostObjects + 100);
    }

    [Theory]
    [InlineData(ProviderWire.Chat, """{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"PIECE"}}]}}]}""")]
    [InlineData(ProviderWire.Chat, """{"choices":[{"delta":{"reasoning":"PIECE"}}]}""")]
    [InlineData(ProviderWire.Chat, """{"choices":[{"delta":{"content":"PIECE"}}]}""")]
    [InlineData(ProviderWire.Responses, """{"type":"response.function_call_arguments.delta","output_index":0,"delta":"PIECE"}""")]
    [InlineData(ProviderWire.Responses, """{"type":"response.output_text.delta","output_index":0,"delta":"PIECE"}""")]
    [InlineData(ProviderWire.Messages, """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"PIECE"}}""")]
    [InlineData(ProviderWire.Messages, """{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"PIECE"}}""")]
    public async Task An_answer_holds_no_more_text_than_its_limit_allows(ProviderWire wire, string repeated)
    {
        const int Length = 10_000;
        var events = await ReadEndlessAsync(wire, repeated.Replace("PIECE", new string('x', Length), StringComparison.Ordinal));
        Assert.InRange(events * Length * sizeof(char), HeldContent.MaxBytes / 4, HeldContent.MaxBytes + (100 * Length));
    }

    [Theory]
    [InlineData(ProviderWire.Chat, """{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"f","arguments":" "}}]}}]}""", true)]
    [InlineData(ProviderWire.Responses, """{"type":"response.function_call_arguments.delta","output_index":0,"delta":" "}""", true)]
    [InlineData(ProviderWire.Messages, """{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":" "}}""", true)]
    [InlineData(ProviderWire.Chat, """{"choices":[{"delta":{"content":""}}]}""", false)]
    [InlineData(ProviderWire.Responses, """{"type":"response.in_progress","response":{}}""", false)]
    [InlineData(ProviderWire.Messages, """{"type":"ping"}""", false)]
    public async Task What_is_held_is_content_and_keep_alives_are_not(ProviderWire wire, string repeated, bool isContent)
    {
        var content = 0;
        using var endless = new EndlessEvents(repeated, most: 10);
        var model = Model(wire, endless);
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await foreach (var update in model.StreamAsync(Request with { OnContent = () => content++ }, TestContext.Current.CancellationToken))
            {
                Assert.IsNotType<PartUpdate>(update);
            }
        });
        Assert.Equal(isContent, content >= 10);
        Assert.True(isContent || content == 0);
    }

    [Fact]
    public async Task White_space_before_a_tag_is_not_held_without_end()
    {
        using var endless = new EndlessEvents("""{"choices":[{"delta":{"content":"          "}}]}""", most: 1000);
        var model = ProviderModels.Create(
            new ProviderOptions { Wire = ProviderWire.Chat, Model = "m", Endpoint = new Uri("http://provider.test/v1"), ParsesThinkTags = true }, endless);
        var parts = 0;
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await foreach (var update in model.StreamAsync(Request, TestContext.Current.CancellationToken))
            {
                parts += update is PartUpdate ? 1 : 0;
            }
        });
        Assert.InRange(parts, 890, 900);
    }

    private static ModelRequest Request => new() { Prompt = [new UserItem([new TextPart("Hello")])] };

    private static IModelClient Model(ProviderWire wire, EndlessEvents events) =>
        ProviderModels.Create(new ProviderOptions { Wire = wire, Model = "m", Endpoint = new Uri("http://provider.test/v1") }, events);

    /// <summary>Reads an answer without end; gives how many of its events were read before it was refused.</summary>
    private static async Task<long> ReadEndlessAsync(ProviderWire wire, string repeated)
    {
        using var endless = new EndlessEvents(repeated);
        var model = Model(wire, endless);
        await Assert.ThrowsAsync<FormatException>(async () =>
        {
            await foreach (var update in model.StreamAsync(Request, TestContext.Current.CancellationToken))
            {
                _ = update;
            }
        });
        return endless.Given;
    }

    /// <summary>Answers with one event again and again, with another number in it each time.</summary>
    private sealed class EndlessEvents(string repeated, int most = int.MaxValue) : HttpMessageHandler
    {
        public long Given { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var content = new StreamContent(new Body(this), 1);
            content.Headers.ContentType = new MediaTypeHeaderValue("text/event-stream");
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = content });
        }

        private byte[] Next() => Given == most ? [] : Encoding.UTF8.GetBytes($"data: {repeated.Replace("N", $"{++Given}", StringComparison.Ordinal)}\n\n");

        private sealed class Body(EndlessEvents events) : MemoryStream
        {
            private ReadOnlyMemory<byte> _left;

            public override int Read(Span<byte> buffer)
            {
                _left = _left.IsEmpty ? events.Next() : _left;
                var length = Math.Min(buffer.Length, _left.Length);
                _left.Span[..length].CopyTo(buffer);
                _left = _left[length..];
                return length;
            }

            public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));
        }
    }
}
