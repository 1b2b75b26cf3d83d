using System.Net;
using System.Text;
using DurableChat.Server.Models;
using Xunit;

namespace DurableChat.Integration.Tests.Models;

public sealed class AnswerLimitHandlerTests
{
    [Theory]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.Created)]
    public async Task An_error_without_an_end_is_read_to_the_limit(HttpStatusCode status)
    {
        using var body = new Endless("data: x\n\n");
        using var http = ClientOf(status, body);
        using var response = await http.GetAsync(new Uri("http://model/"));
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(AnswerLimitHandler.MaxErrorBytes, (await response.Content.ReadAsByteArrayAsync()).Length);
        Assert.Equal(AnswerLimitHandler.MaxErrorBytes, body.Given);
    }

    [Theory]
    [InlineData("x", AnswerLimitHandler.MaxEventBytes)]
    [InlineData("data: x\n", AnswerLimitHandler.MaxEventBytes)]
    [InlineData("data: x\r\n", AnswerLimitHandler.MaxEventBytes * 9L / 8)]
    [InlineData("data: x\n\n", AnswerLimitHandler.MaxAnswerBytes)]
    [InlineData("data: x\r\n\r\n", AnswerLimitHandler.MaxAnswerBytes)]
    [InlineData("data: x\r\r", AnswerLimitHandler.MaxAnswerBytes)]
    [InlineData(": nothing\n\n", AnswerLimitHandler.MaxAnswerBytes)]
    public async Task An_event_and_an_answer_without_an_end_are_read_to_the_limit(string text, long limit)
    {
        using var body = new Endless(text);
        using var http = ClientOf(HttpStatusCode.OK, body);
        using var response = await http.GetAsync(new Uri("http://model/"), HttpCompletionOption.ResponseHeadersRead);
        var answer = await response.Content.ReadAsStreamAsync();

        // Its length has no factor in common with that of the texts, so that they are taken apart at every place.
        var buffer = new byte[65_537];
        await Assert.ThrowsAsync<FormatException>(async () =>
        {
            while (await answer.ReadAsync(buffer) > 0)
            {
            }
        });
        Assert.InRange(body.Given, limit - buffer.Length, limit + buffer.Length);
    }

    [Fact]
    public async Task An_error_that_stands_still_behind_the_limit_is_not_waited_for()
    {
        using var inner = new Endless("x") { Most = AnswerLimitHandler.MaxErrorBytes };
        await using var stream = new TruncatedStream(inner, AnswerLimitHandler.MaxErrorBytes);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        Assert.Equal(AnswerLimitHandler.MaxErrorBytes, copy.Length);
    }

    private static HttpClient ClientOf(HttpStatusCode status, Stream body) => new(new AnswerLimitHandler(new Answering(status, body)));

    private sealed class Answering(HttpStatusCode status, Stream body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var content = new StreamContent(body);
            content.Headers.ContentType = new("text/plain");
            content.Headers.ContentLength = 1L << 40;
            return Task.FromResult(new HttpResponseMessage(status) { Content = content });
        }
    }

    /// <summary>A text that is repeated for ever.</summary>
    private sealed class Endless(string text) : MemoryStream
    {
        private readonly byte[] _bytes = Encoding.UTF8.GetBytes(text);

        public long Given { get; private set; }

        /// <summary>Reading behind it is an error.</summary>
        public long Most { get; init; } = long.MaxValue;

        public override int Read(Span<byte> buffer)
        {
            Assert.True(Given < Most);
            for (var i = 0; i < buffer.Length; i++)
            {
                buffer[i] = _bytes[Given++ % _bytes.Length];
            }

            return buffer.Length;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));
    }
}
