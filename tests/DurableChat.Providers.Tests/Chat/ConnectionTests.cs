using System.Text;
using DurableChat.Models;
using DurableChat.Providers.Tests.Cases;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DurableChat.Providers.Tests.Chat;

public sealed class ConnectionTests
{
    [Theory]
    [InlineData(null, "https://api.openai.com/v1/chat/completions")]
    [InlineData("https://api.deepseek.com", "https://api.deepseek.com/v1/chat/completions")]
    [InlineData("https://g.test/v1beta/openai/", "https://g.test/v1beta/openai/chat/completions")]
    [InlineData("https://g.test/v1/chat/completions", "https://g.test/v1/chat/completions")]
    public async Task The_request_goes_to_the_operation_with_the_key(string? endpoint, string expected)
    {
        HttpRequestMessage? seen = null;
        var handler = new Handler(request =>
        {
            seen = request;
            return Chunks.Ok(Chunks.Events([Chunks.Delta("""{"content":"Hi."}""", "stop")]));
        });
        var options = new ProviderOptions
        {
            Wire = ProviderWire.Chat,
            Model = "m",
            Key = "secret",
            Endpoint = endpoint is null ? null
                : new Uri(endpoint),
        };
        await Outcome.ReadAsync(ProviderModels.Create(options, handler), Chunks.Question);
        Assert.Equal(expected, seen!.RequestUri!.AbsoluteUri);
        Assert.Equal("Bearer secret", seen.Headers.Authorization!.ToString());
    }

    [Fact]
    public async Task A_server_that_stays_silent_behind_the_end_does_not_hold_the_answer()
    {
        var time = new FakeTimeProvider();
        var stream = new HangingStream(Chunks.Events([Chunks.Delta("""{"content":"Hi."}""", "stop")]));
        var handler = new Handler(_ => new HttpResponseMessage { Content = new StreamContent(stream) });
        var options = new ProviderOptions { Wire = ProviderWire.Chat, Model = "m" };
        var reading = Outcome.ReadAsync(ProviderModels.Create(options, handler, time), Chunks.Question);
        await stream.Hangs;
        for (var second = 0; second < 60 && !reading.IsCompleted; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }

        Assert.True(reading.IsCompleted);
        Assert.Equal("text:Hi. | Stop", Chunks.Describe(await reading));
    }

    [Theory]
    [InlineData("event: ping\ndata: ping\n\n")]
    [InlineData("event: keepalive\ndata: OK\n\n")]
    [InlineData("event: status\ndata: {\"status\":\"processing\",\"message\":\"Loading\",\"code\":1}\n\n")]
    public async Task What_is_no_part_of_the_answer_does_it_no_harm(string between)
    {
        var body = Chunks.Events([Chunks.Delta("""{"content":"Hi"}""")]) + between
            + Chunks.Events([Chunks.Delta("""{"content":"."}""", "stop")]);
        var options = new ProviderOptions { Wire = ProviderWire.Chat, Model = "m" };
        Assert.Equal("text:Hi. | Stop", Chunks.Describe(await Chunks.ReadAsync(options, body)));
    }

    [Fact]
    public async Task An_error_that_is_no_json_is_an_error_of_the_provider()
    {
        var options = new ProviderOptions { Wire = ProviderWire.Chat, Model = "m" };
        var outcome = await Chunks.ReadAsync(options, "event: error\ndata: Internal Server Error\n\n");
        Assert.Equal("! model_unavailable", Chunks.Describe(outcome));
    }

    [Fact]
    public async Task Nothing_that_the_provider_reports_reveals_the_key()
    {
        var options = new ProviderOptions { Wire = ProviderWire.Chat, Model = "m", Key = "secret" };
        var handler = new Handler(_ => Chunks.Ok(Chunks.Events(["""{"error":{"message":"No secret today."}}"""])));
        var exception = await Assert.ThrowsAsync<ModelException>(async () =>
        {
            await foreach (var update in ProviderModels.Create(options, handler)
                .StreamAsync(Chunks.Question, CancellationToken.None))
            {
                Assert.NotNull(update);
            }
        });
        Assert.Contains("No [key] today.", exception.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", exception.ToString(), StringComparison.Ordinal);
    }

    private sealed class Handler(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request,
            CancellationToken cancellationToken) =>
            Task.FromResult(answer(request));
    }

    private sealed class HangingStream(string text) : MemoryStream(Encoding.UTF8.GetBytes(text))
    {
        private readonly TaskCompletionSource _hangs = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Hangs => _hangs.Task;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer,
            CancellationToken cancellationToken = default)
        {
            if (Position == Length)
            {
                _hangs.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }

            return await base.ReadAsync(buffer, cancellationToken);
        }
    }
}
