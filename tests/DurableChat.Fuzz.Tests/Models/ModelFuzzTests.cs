using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using DurableChat.Providers;
using DurableChat.Tests.Support;
using DurableChat.Workers;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DurableChat.Fuzz.Tests;

/// <summary>
/// What a provider that speaks one of the wires, or something like it, may answer. Each turn ends, in an answer or an
/// error, and leaves nothing behind.
/// </summary>
public sealed class ModelFuzzTests
{
    private const int MaxAnswerChars = 20_000;

    private static readonly string[] _chunks =
    [
        """{"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Hel"}}]}""",
        """{"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"lo 😀"}}]}""",
        """{"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"clock","arguments":"{\"zone\":\"UTC\"}"}}]}}]}""",
        """{"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""",
        """{"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}""",
        """{"error":{"message":"secret","type":"x","code":"y"}}""",
        "[DONE]",
    ];

    private static readonly string[] _events =
    [
        """{"type":"response.output_text.delta","item_id":"i1","output_index":0,"content_index":0,"delta":"Hel"}""",
        """{"type":"response.output_text.delta","item_id":"i1","output_index":0,"content_index":0,"delta":"lo 😀"}""",
        """{"type":"response.output_item.done","output_index":0,"item":{"type":"message","id":"i1","role":"assistant","status":"completed","content":[{"type":"output_text","text":"Hello 😀","annotations":[]}]}}""",
        """{"type":"response.output_item.done","output_index":1,"item":{"type":"function_call","id":"f1","call_id":"c1","name":"clock","arguments":"{\"zone\":\"UTC\"}","status":"completed"}}""",
        """{"type":"response.completed","response":{"id":"r1","status":"completed","model":"m","output":[],"usage":{"input_tokens":3,"output_tokens":4,"total_tokens":7}}}""",
        """{"type":"error","code":"y","message":"secret"}""",
    ];

    private static readonly string[] _deltas =
    [
        """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"Hel"}}""",
        """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"lo 😀"}}""",
        """{"type":"content_block_stop","index":0}""",
        """{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"toolu_a","name":"clock","input":{"zone":"UTC"}}}""",
        """{"type":"content_block_stop","index":1}""",
        """{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":20}}""",
        """{"type":"message_stop"}""",
        """{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"usage":{"input_tokens":18,"output_tokens":1}}}""",
        """{"type":"error","error":{"type":"overloaded_error","message":"secret"}}""",
    ];

    private static readonly string[] _contentTypes = ["text/event-stream", "application/json", "text/html", "application/octet-stream"];

    [Fact]
    public async Task Every_turn_ends_whatever_the_model_sends()
    {
        using var leaks = new Leaks();
        await Fuzz.RunAsync("model answers", 500, 7, async mangler =>
        {
            var wire = mangler.Pick([ProviderWire.Chat, ProviderWire.Responses, ProviderWire.Messages]);
            using var provider = new Provider(wire, mangler);
            var model = ProviderModels.Create(new ProviderOptions { Wire = wire, Model = "m", Key = "k", Endpoint = new Uri("http://model/v1") }, provider);

            // A meter that nobody disposes of lives for ever, and its gauges keep what they look at.
            await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
            var node = new Node(
                new FakeStore(), model, worker: new WorkerOptions { MaxAttempts = 1, MaxSteps = 3, MaxAnswerChars = MaxAnswerChars }, meters: services.GetRequiredService<IMeterFactory>());
            var id = await node.CreateAsync();
            var screen = await node.FollowAsync(id, screen => screen.Status is "waiting" or "error" or "requires_action");
            while (node.Worker.Count > 0)
            {
                await Task.Yield();
            }

            var chat = node.Store.State(id);
            Assert.DoesNotContain("secret", chat.Error?.Message ?? string.Empty, StringComparison.Ordinal);
            Assert.Null(node.Feeds.Find(id)!.Inspect(0).Live);

            // One more, where the limit falls between the two halves of a character.
            Assert.All(node.Store.History(id), message => Assert.InRange(message.Parts.Sum(DurableChat.Chats.MessagePart.CharsOf), 0, MaxAnswerChars + 1));
            node.Feeds.RemoveIdle();
            return screen.Status == "error" ? chat.Error!.Code : screen.Status!;
        });
        leaks.AssertNone();
    }

    private sealed class Provider(ProviderWire wire, Mangler mangler) : HttpMessageHandler
    {
        private static readonly Dictionary<ProviderWire, string[]> _all = new()
        {
            [ProviderWire.Chat] = _chunks,
            [ProviderWire.Responses] = _events,
            [ProviderWire.Messages] = _deltas,
        };

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var content = new StreamContent(new ChunkStream(Answer(), mangler));
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(mangler.Chance(85) ? _contentTypes[0] : mangler.Pick(_contentTypes));
            return Task.FromResult(new HttpResponseMessage(mangler.Chance(90) ? HttpStatusCode.OK : (HttpStatusCode)(200 + mangler.Next(400))) { Content = content });
        }

        private IEnumerable<byte[]> Answer()
        {
            // One in twenty never ends, and one in twenty is a single chunk of megabytes.
            var chunksOfWire = _all[wire];
            var kind = mangler.Next(20);
            var chunks = kind == 0 ? int.MaxValue : 1 + mangler.Next(8);
            if (kind == 1)
            {
                yield return Frame(Encoding.UTF8.GetBytes(chunksOfWire[0].Replace("Hel", new string('x', 1 << 20), StringComparison.Ordinal)));
            }

            for (var i = 0; i < chunks; i++)
            {
                var chunk = Encoding.UTF8.GetBytes(kind == 0 ? chunksOfWire[mangler.Next(2)] : mangler.Chance(50) ? chunksOfWire[Math.Min(i, chunksOfWire.Length - 1)] : mangler.Pick(chunksOfWire));
                var bytes = Frame(kind != 0 && mangler.Chance(50) ? mangler.Mangle(chunk) : chunk);
                yield return kind != 0 && mangler.Chance(15) ? mangler.Mangle(bytes) : bytes;
            }
        }

        private static byte[] Frame(byte[] data) => [.. "data: "u8, .. data, .. "\n\n"u8];
    }

    /// <summary>A body that comes piece by piece, and may break off.</summary>
    private sealed class ChunkStream(IEnumerable<byte[]> chunks, Mangler mangler) : Stream
    {
        private readonly IEnumerator<byte[]> _chunks = chunks.GetEnumerator();
        private ReadOnlyMemory<byte> _rest;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            return Read(buffer.Span);
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            while (_rest.IsEmpty)
            {
                if (!_chunks.MoveNext())
                {
                    return mangler.Chance(10) ? throw new IOException("The connection broke.") : 0;
                }

                _rest = _chunks.Current;
            }

            var length = Math.Min(Math.Min(buffer.Length, _rest.Length), mangler.Chance(30) ? 1 + mangler.Next(40) : int.MaxValue);
            _rest.Span[..length].CopyTo(buffer);
            _rest = _rest[length..];
            return length;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            _chunks.Dispose();
            base.Dispose(disposing);
        }
    }
}
