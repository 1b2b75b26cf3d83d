using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net.Http.Json;
using System.Text.Json;
using DurableChat.ScaleTest.Mock;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using OpenAI;
using Xunit;

namespace DurableChat.ScaleTest.Tests.Mock;

/// <summary>The mock model, asked by the OpenAI package.</summary>
public sealed class MockServerTests : IAsyncDisposable
{
    private static readonly MockOptions _quick = new() { FirstToken = TimeSpan.Zero, ChunkDelay = TimeSpan.Zero, Chunks = 5, ChunkBytes = 10 };
    private readonly List<WebApplication> _servers = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_streams_reasoning_and_text(bool isResponsesApi)
    {
        var url = await StartAsync(_quick with { ReasoningChunks = 2 });
        var updates = await Client(url, isResponsesApi).GetStreamingResponseAsync("hello").ToListAsync();
        var contents = updates.SelectMany(update => update.Contents).ToList();
        Assert.Equal(50, string.Concat(contents.OfType<TextContent>().Select(text => text.Text)).Length);
        Assert.Equal(20, string.Concat(contents.OfType<TextReasoningContent>().Select(text => text.Text)).Length);
        Assert.Equal(7, contents.OfType<UsageContent>().Last().Details.OutputTokenCount);
        Assert.Contains(updates, update => update.FinishReason == ChatFinishReason.Stop || isResponsesApi);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_answers_without_a_stream_as_with_one(bool isResponsesApi)
    {
        var url = await StartAsync(_quick);
        var response = await Client(url, isResponsesApi).GetResponseAsync("hello");
        Assert.Equal(50, response.Text.Length);
        Assert.Equal(5, response.Usage!.OutputTokenCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_calls_tools_with_arguments_that_fit_and_answers_after_their_results(bool isResponsesApi)
    {
        var url = await StartAsync(_quick with { ToolProbability = 1, MaxToolCalls = 3 });
        var called = new List<string>();
        var tool = AIFunctionFactory.Create(
            (string city, int days, bool isMetric) =>
            {
                called.Add($"{city} {days} {isMetric}");
                return "sunny";
            },
            "weather");
        using var client = Client(url, isResponsesApi);
        var updates = await client.GetStreamingResponseAsync("weather?", new ChatOptions { Tools = [tool] }).ToListAsync();
        var calls = updates.SelectMany(update => update.Contents).OfType<FunctionCallContent>().ToList();
        Assert.InRange(calls.Count, 1, 3);
        Assert.DoesNotContain(updates.SelectMany(update => update.Contents), content => content is TextContent { Text.Length: > 0 });
        using var invoking = client.AsBuilder().UseFunctionInvocation().Build();
        var response = await invoking.GetResponseAsync("weather?", new ChatOptions { Tools = [tool] });
        Assert.Contains("mock 1 True", called);
        Assert.Equal(50, response.Text.Length);
    }

    [Fact]
    public async Task The_same_seed_and_request_give_the_same_answer_and_another_seed_another()
    {
        var first = await Client(await StartAsync(_quick with { Seed = 7 }), false).GetResponseAsync("hello");
        var same = await Client(await StartAsync(_quick with { Seed = 7 }), false).GetResponseAsync("hello");
        var other = await Client(await StartAsync(_quick with { Seed = 8 }), false).GetResponseAsync("hello");
        Assert.Equal(first.Text, same.Text);
        Assert.NotEqual(first.Text, other.Text);
    }

    [Fact]
    public async Task About_as_many_requests_fail_as_it_was_told_and_the_same_ones_each_time()
    {
        var first = await FailuresAsync(await StartAsync(_quick with { ErrorRate = 0.3, Seed = 5 }));
        var second = await FailuresAsync(await StartAsync(_quick with { ErrorRate = 0.3, Seed = 5 }));
        Assert.Equal(first, second);
        Assert.InRange(first.Count, 30, 90);
        Assert.Equal([429, 500, 503], first.Select(pair => pair.Status).Distinct().Order());

        static async Task<List<(int Request, int Status)>> FailuresAsync(Uri url)
        {
            using var http = new HttpClient();
            var failures = new List<(int, int)>();
            for (var i = 0; i < 200; i++)
            {
                using var response = await PostAsync(http, url, $"request {i}");
                if (!response.IsSuccessStatusCode)
                {
                    failures.Add((i, (int)response.StatusCode));
                }
            }

            return failures;
        }
    }

    [Fact]
    public async Task A_refused_request_may_succeed_when_it_comes_again()
    {
        var url = await StartAsync(_quick with { ErrorRate = 0.5 });
        using var http = new HttpClient();
        var statuses = new List<int>();
        for (var i = 0; i < 20; i++)
        {
            using var response = await PostAsync(http, url, "the same");
            statuses.Add((int)response.StatusCode);
        }

        Assert.Contains(200, statuses);
        Assert.Contains(statuses, status => status != 200);
    }

    [Fact]
    public async Task It_breaks_connections_in_the_middle_and_counts_what_it_served()
    {
        var url = await StartAsync(_quick with { DisconnectRate = 1 });
        await Assert.ThrowsAnyAsync<Exception>(async () => await Client(url, false).GetStreamingResponseAsync("hello").ToListAsync());
        using var http = new HttpClient();
        var served = await http.GetFromJsonAsync<JsonElement>(new Uri(url, "stats"));
        Assert.Equal(1, served.GetProperty("disconnects").GetInt64());
        Assert.Equal(0, served.GetProperty("completed").GetInt64());
        Assert.Equal(1, served.GetProperty("peak_active").GetInt32());
    }

    [Fact]
    public async Task A_client_that_stops_is_counted_and_not_served_on()
    {
        var url = await StartAsync(_quick with { ChunkDelay = TimeSpan.FromHours(1) });
        using var stop = new CancellationTokenSource();
        await foreach (var update in Client(url, false).GetStreamingResponseAsync("hello", cancellationToken: stop.Token).WithCancellation(CancellationToken.None))
        {
            if (update.Text.Length > 0)
            {
                break;
            }
        }

        using var http = new HttpClient();
        while ((await http.GetFromJsonAsync<JsonElement>(new Uri(url, "stats"))).GetProperty("cancelled").GetInt64() == 0)
        {
            await Task.Yield();
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"model":1,"messages":[]}""")]
    [InlineData("""{"messages":[]}""")]
    [InlineData("""{"model":"\ud800","messages":[]}""")]
    public async Task A_request_that_is_none_is_refused(string body)
    {
        var url = await StartAsync(_quick);
        using var http = new HttpClient();
        using var content = new StringContent(body);
        using var response = await http.PostAsync(new Uri(url, "v1/chat/completions"), content);
        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal("invalid_request_error", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"stream":null,"stream_options":null,"tools":null,"tool_choice":null}""")]
    [InlineData("""{"model":"m","messages":[{"role":1}]}""")]
    [InlineData("""{"model":"m","messages":[{"role":"user"}],"tools":["x",{"type":"function","function":null},{"name":1}]}""")]
    [InlineData("""{"model":"m","messages":[{"role":"user"}],"tools":[{"name":"f","parameters":{"required":null}}]}""")]
    [InlineData("""{"model":"m","messages":[{"role":"user"}],"tools":[{"name":"f","parameters":{"required":["a",1],"properties":{"a":true}}}]}""")]
    [InlineData("""{"model":"m","messages":[{"role":"user"}],"tools":[{"name":"f","parameters":{"required":["a"],"properties":[]}}]}""")]
    public async Task An_odd_request_is_answered(string body)
    {
        var url = await StartAsync(_quick with { ToolProbability = 1 });
        using var http = new HttpClient();
        using var content = new StringContent(body);
        using var response = await http.PostAsync(new Uri(url, "v1/chat/completions"), content);
        Assert.Equal(200, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("auto", "tool_calls")]
    [InlineData("none", "stop")]
    public async Task Tools_that_the_request_forbids_are_not_called(string choice, string expected)
    {
        var url = await StartAsync(_quick with { ToolProbability = 1 });
        using var http = new HttpClient();
        using var response = await http.PostAsJsonAsync(
            new Uri(url, "v1/chat/completions"),
            new { model = "m", messages = new[] { new { role = "user" } }, tools = new[] { new { name = "f" } }, tool_choice = choice });
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(expected, answer.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task Arguments_are_of_the_first_of_several_types()
    {
        var url = await StartAsync(_quick with { ToolProbability = 1 });
        using var http = new HttpClient();
        using var content = new StringContent("""{"model":"m","messages":[{"role":"user"}],"tools":[{"name":"f","parameters":{"required":["a"],"properties":{"a":{"type":["integer","null"]}}}}]}""");
        using var response = await http.PostAsync(new Uri(url, "v1/chat/completions"), content);
        var call = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("choices")[0].GetProperty("message").GetProperty("tool_calls")[0];
        Assert.Equal("""{"a":1}""", call.GetProperty("function").GetProperty("arguments").GetString());
    }

    [Fact]
    public async Task A_request_that_is_too_long_is_refused()
    {
        var url = await StartAsync(_quick);
        using var http = new HttpClient();
        using var content = new ByteArrayContent(new byte[65 * 1024 * 1024]);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(url, "v1/chat/completions")) { Content = content };
        request.Headers.ExpectContinue = true;
        using var response = await http.SendAsync(request);
        Assert.Equal(413, (int)response.StatusCode);
    }

    [Fact]
    public async Task It_lists_its_model()
    {
        using var http = new HttpClient();
        var models = await http.GetFromJsonAsync<JsonElement>(new Uri(await StartAsync(_quick), "v1/models"));
        Assert.Equal("mock", models.GetProperty("data")[0].GetProperty("id").GetString());
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient http, Uri url, string content) =>
        http.PostAsJsonAsync(new Uri(url, "v1/chat/completions"), new { model = "mock", messages = new[] { new { role = "user", content } } });

    private static IChatClient Client(Uri url, bool isResponsesApi)
    {
        var client = new OpenAIClient(new ApiKeyCredential("none"), new OpenAIClientOptions { Endpoint = new Uri(url, "v1"), RetryPolicy = new ClientRetryPolicy(0) });
#pragma warning disable OPENAI001 // The Responses client is marked as experimental by its package.
        return isResponsesApi ? client.GetResponsesClient().AsIChatClient("mock") : client.GetChatClient("mock").AsIChatClient();
#pragma warning restore OPENAI001
    }

    private async Task<Uri> StartAsync(MockOptions options)
    {
        var server = MockServer.Build(options, "http://127.0.0.1:0", TimeProvider.System);
        _servers.Add(server);
        await server.StartAsync();
        return new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }
}
