using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Server.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace DurableChat.Integration.Tests.Models;

/// <summary>Configured models against a server that speaks their wire, over a real connection.</summary>
public sealed class ProviderTests : IAsyncLifetime
{
    private const string Key = "sk-very-secret";

    private readonly WebApplication _stub;
    private Func<HttpContext, Task> _answer = _ => Task.CompletedTask;
    private string _url = string.Empty;

    public ProviderTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _stub = builder.Build();
        _stub.Urls.Add("http://127.0.0.1:0");
        _stub.Run(context => _answer(context));
    }

    public async ValueTask InitializeAsync()
    {
        await _stub.StartAsync();
        _url = _stub.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
    }

    public ValueTask DisposeAsync() => _stub.DisposeAsync();

    [Fact]
    public async Task OpenAI_text_calls_and_usage_come_through()
    {
        Sse(
            """{"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Hel"}}]}""",
            """{"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"lo"}}]}""",
            """{"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"clock","arguments":"{\"zone\":"}}]}}]}""",
            """{"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\"UTC\"}"}}]}}]}""",
            """{"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}""",
            """{"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}""",
            "[DONE]");
        var (parts, reason, usage) = await ReadAsync("openai");
        Assert.Equal("Hello", string.Concat(parts.OfType<TextPart>().Select(part => part.Text)));
        Assert.Equal(new ToolCallPart("c1", "clock", """{"zone":"UTC"}"""), parts[^1]);
        Assert.Equal((FinishReason.ToolCalls, 4L), (reason, usage!.OutputTokens));
    }

    [Fact]
    public async Task Anthropic_text_thinking_and_usage_come_through()
    {
        _answer = context => WriteSseAsync(
            context,
            ("message_start", """{"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"claude","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":1}}}"""),
            ("content_block_start", """{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}"""),
            ("content_block_delta", """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}"""),
            ("content_block_stop", """{"type":"content_block_stop","index":0}"""),
            ("content_block_start", """{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}"""),
            ("content_block_delta", """{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Hello"}}"""),
            ("content_block_stop", """{"type":"content_block_stop","index":1}"""),
            ("message_delta", """{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":4}}"""),
            ("message_stop", """{"type":"message_stop"}"""));
        var (parts, reason, usage) = await ReadAsync("anthropic");
        Assert.Contains(new ReasoningPart("hm"), parts);
        Assert.Contains(new TextPart("Hello"), parts);
        Assert.Equal((FinishReason.Stop, new TokenUsage(3, 4)), (reason, usage! with { CacheReadTokens = null, CacheWriteTokens = null }));
    }

    [Theory]
    [InlineData("openai", 401, "model_unauthorized", false)]
    [InlineData("openai", 404, "model_not_found", false)]
    [InlineData("openai", 400, "model_rejected_request", false)]
    [InlineData("openai", 429, "model_rate_limited", true)]
    [InlineData("openai", 500, "model_unavailable", true)]
    [InlineData("anthropic", 401, "model_unauthorized", false)]
    [InlineData("anthropic", 429, "model_rate_limited", true)]
    [InlineData("anthropic", 529, "model_unavailable", true)]
    public async Task Errors_have_codes_and_tell_no_secret(string provider, int status, string code, bool retryable)
    {
        var calls = 0;
        _answer = async context =>
        {
            calls++;
            context.Response.StatusCode = status;
            context.Response.Headers.RetryAfter = "7";
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("""{"type":"error","error":{"message":"leaked KEY","type":"x","code":"y"}}""".Replace("KEY", Key, StringComparison.Ordinal));
        };
        var failure = await FailAsync(provider);
        Assert.Equal((code, retryable), (failure.Error.Code, failure.Error.Retryable));
        Assert.DoesNotContain(Key, failure.Error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("leaked", failure.Error.Message, StringComparison.Ordinal);
        Assert.Equal(retryable ? TimeSpan.FromSeconds(7) : null, retryable ? failure.RetryAfter : null);
        Assert.Equal(1, calls);
    }

    [Theory]
    [InlineData("openai", 308, "model_wrong_address")]
    [InlineData("openai", 302, "model_wrong_address")]
    [InlineData("openai", 404, "model_not_found")]
    [InlineData("anthropic", 404, "model_not_found")]
    [InlineData("openai", 405, "model_rejected_request")]
    public async Task A_wrong_address_is_asked_once_and_the_log_has_it_without_its_query(string provider, int status, string code)
    {
        var calls = 0;
        _answer = context =>
        {
            calls++;
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "https://user:pass@elsewhere.example/v2?key=secret";
            return Task.CompletedTask;
        };
        var exception = await Assert.ThrowsAnyAsync<Exception>(() => ReadAsync(provider));
        Assert.Equal((code, false), (ModelErrors.Map(exception, Create(provider)).Error.Code, ModelErrors.Map(exception, Create(provider)).Error.Retryable));
        Assert.Contains($"POST {_url}/v1/", exception.ToString(), StringComparison.Ordinal);
        Assert.Contains("points to https://elsewhere.example/v2.", exception.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", exception.ToString().Replace(Key, "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("pass@", exception.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, calls);
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    public async Task A_server_that_is_not_there_or_talks_nonsense_is_an_error_that_may_pass(string provider)
    {
        _answer = context => WriteSseAsync(context, ("message", "{this is no json"));
        Assert.True((await FailAsync(provider)).Error.Retryable);
        _answer = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        Assert.Equal("model_unreachable", (await FailAsync(provider)).Error.Code);
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    public async Task An_answer_that_breaks_off_in_good_order_is_not_a_whole_one(string provider)
    {
        _answer = provider == "openai"
            ? context => WriteSseAsync(context, ("message", """{"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Hel"}}]}"""))
            : context => WriteSseAsync(
                context,
                ("message_start", """{"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"claude","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":1}}}"""),
                ("content_block_start", """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"""),
                ("content_block_delta", """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hel"}}"""));
        Assert.Equal("model_bad_response", (await FailAsync(provider)).Error.Code);
    }

    [Fact]
    public async Task A_call_that_is_cut_off_is_not_one_without_arguments()
    {
        Sse(
            """{"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"delete","arguments":"{\"filter\":\"a"}}]}}]}""",
            """{"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"length"}]}""",
            "[DONE]");
        var (parts, reason, _) = await ReadAsync("openai");
        Assert.Equal((0, FinishReason.Length), (parts.Count, reason));
    }

    [Theory]
    [InlineData("openai", 500, "model_unavailable")]
    [InlineData("anthropic", 500, "model_unavailable")]
    [InlineData("openai", 200, "model_bad_response")]
    [InlineData("anthropic", 200, "model_bad_response")]
    public async Task A_body_or_a_line_without_an_end_is_an_error_with_a_code(string provider, int status, string code)
    {
        _answer = async context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = status == 200 ? "text/event-stream" : "application/json";
            await context.Response.WriteAsync("data: {\"type\":\"");
            var piece = new byte[64 * 1024];
            piece.AsSpan().Fill((byte)'x');
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(piece);
            }
        };
        Assert.Equal(code, (await FailAsync(provider)).Error.Code);
    }

    private async Task<ModelFailure> FailAsync(string provider)
    {
        var model = Create(provider);
        var exception = await Assert.ThrowsAnyAsync<Exception>(() => ReadAsync(provider));
        return ModelErrors.Map(exception, model);
    }

    private async Task<(List<MessagePart> Parts, FinishReason Reason, TokenUsage? Usage)> ReadAsync(string provider)
    {
        var parts = new List<MessagePart>();
        var (reason, usage) = (FinishReason.Failed, (TokenUsage?)null);
        await foreach (var update in Create(provider).Client.StreamAsync(new ModelRequest { Prompt = [new UserItem([new TextPart("hello")])] }, CancellationToken.None))
        {
            (reason, usage) = ((update as EndUpdate)?.Reason ?? reason, (update as UsageUpdate)?.Usage ?? usage);
            if (update is PartUpdate { Part: var part })
            {
                parts.Add(part);
            }
        }

        return (parts, reason, usage);
    }

    private ModelDefinition Create(string provider) => ModelCatalogFactory.Create(
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Models:0:Name"] = "model",
            ["Models:0:Provider"] = provider,
            ["Models:0:Model"] = "m",
            ["Models:0:Endpoint"] = provider == "openai" ? $"{_url}/v1" : _url,
            ["Models:0:ApiKey"] = Key,
        }).Build(),
        TimeProvider.System).Default;

    private void Sse(params string[] lines) => _answer = context => WriteSseAsync(context, [.. lines.Select(line => ((string?)null, line))]);

    private static async Task WriteSseAsync(HttpContext context, params (string? Event, string Data)[] events)
    {
        context.Response.ContentType = "text/event-stream";
        foreach (var (name, data) in events)
        {
            await context.Response.WriteAsync($"{(name is null ? string.Empty : $"event: {name}\n")}data: {data}\n\n");
        }
    }
}
