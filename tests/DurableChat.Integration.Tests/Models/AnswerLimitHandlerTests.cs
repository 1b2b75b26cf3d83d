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

    [Fact]
    public async Task A_line_without_an_end_is_read_to_the_limit()
    {
        using var body = new Endless("x");
        using var http = ClientOf(HttpStatusCode.OK, body);
        using var response = await http.GetAsync(new Uri("http://model/"), HttpCompletionOption.ResponseHeadersRead);
        var answer = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[1000];
        await Assert.ThrowsAsync<FormatException>(async () =>
        {
            while (await answer.ReadAsync(buffer) > 0)
            {
            }
        });
        Assert.InRange(body.Given, AnswerLimitHandler.MaxLineBytes + 1, AnswerLimitHandler.MaxLineBytes + buffer.Length);
    }

    [Theory]
    [InlineData("data: x\n\n")]
    [InlineData("data: x\r")]
    public async Task An_answer_of_short_lines_may_be_longer(string text)
    {
        using var body = new Endless(text);
        using var http = ClientOf(HttpStatusCode.OK, body);
        using var response = await http.GetAsync(new Uri("http://model/"), HttpCompletionOption.ResponseHeadersRead);
        var answer = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[256 * 1024];
        while (body.Given < 3L * AnswerLimitHandler.MaxLineBytes)
        {
            Assert.NotEqual(0, answer.Read(buffer, 0, buffer.Length));
        }
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

        public override int Read(Span<byte> buffer)
        {
            for (var i = 0; i < buffer.Length; i++)
            {
                buffer[i] = _bytes[Given++ % _bytes.Length];
            }

            return buffer.Length;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));
    }
}
