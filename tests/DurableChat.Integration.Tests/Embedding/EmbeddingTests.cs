using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DurableChat.AspNetCore;
using DurableChat.Integration.Tests.AiSdk;
using DurableChat.Integration.Tests.Streaming;
using DurableChat.Models;
using DurableChat.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace DurableChat.Integration.Tests.Embedding;

/// <summary>DurableChat in an application that is not ours.</summary>
public sealed class EmbeddingTests
{
    [Fact]
    public async Task An_application_answers_with_its_own_model_and_tool()
    {
        var model = new ScriptedModel((call, history, _) => call == 1 ? Call("add") : ScriptedModel.Say($"It is {history[^1].Contents.OfType<FunctionResultContent>().Single().Result}."));
        await using var app = await EmbeddedApp.StartAsync(model, chat => chat.AddTool(AIFunctionFactory.Create((int a, int b) => a + b, "add", "Adds two numbers.")));
        using var http = app.Client("alice");
        var screen = await EmbeddedApp.AskAsync(http, "What is 2 + 3?");
        Assert.Equal("It is 5.", screen.Texts[^1]);
        Assert.Equal("default", (await http.GetFromJsonAsync<JsonElement>("models")).GetProperty("models")[0].GetProperty("name").GetString());

        static async IAsyncEnumerable<AIContent> Call(string tool)
        {
            await Task.Yield();
            yield return new FunctionCallContent("call_1", tool, new Dictionary<string, object?> { ["a"] = 2, ["b"] = 3 });
        }
    }

    [Fact]
    public async Task A_model_that_would_call_functions_itself_leaves_tools_to_the_turn()
    {
        var model = new ScriptedModel((call, _, _) => call == 1 ? Call() : ScriptedModel.Say("done"));
        var keys = new ConcurrentQueue<object?>();
        var tool = AIFunctionFactory.Create((AIFunctionArguments arguments) => keys.Enqueue(arguments.Context?[ToolRegistry.IdempotencyKey]), "book");
        await using var app = await EmbeddedApp.StartAsync(model.AsBuilder().UseFunctionInvocation().Build(), chat => chat.AddTool(tool));
        using var http = app.Client("alice");
        Assert.Equal("done", (await EmbeddedApp.AskAsync(http, "Book a table.")).Texts[^1]);
        Assert.EndsWith("-1-0", Assert.Single(keys)?.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, model.Calls);

        static async IAsyncEnumerable<AIContent> Call()
        {
            await Task.Yield();
            yield return new FunctionCallContent("call_1", "book");
        }
    }

    [Fact]
    public async Task Whoever_the_application_does_not_let_in_or_who_has_no_name_is_refused()
    {
        await using var app = await EmbeddedApp.StartAsync(ScriptedModel.Answering());
        using var nobody = app.Client();
        using var nameless = app.Client("nameless");
        foreach (var (method, path) in new[] { ("GET", "chats"), ("GET", "chats/watch"), ("GET", "models"), ("POST", "/ai-sdk/chat"), ("GET", "/ai-sdk/chat/x/stream"), ("GET", "/ai-sdk/chat/x/messages"), ("POST", "/ai-sdk/chat/x/stop") })
        {
            using var unknown = await SendAsync(nobody, method, path);
            Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
            using var refused = await SendAsync(nameless, method, path);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            Assert.Equal("no_owner", (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        }

        static async Task<HttpResponseMessage> SendAsync(HttpClient http, string method, string path)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            request.Content = method == "POST" ? JsonContent.Create(new { id = "x", messages = new[] { UiStream.User("m1", "hello") }, trigger = "submit-message" }) : null;
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        }
    }

    [Fact]
    public async Task Chats_belong_to_whom_the_application_says_also_where_a_ticket_opens_the_stream()
    {
        await using var app = await EmbeddedApp.StartAsync(
            ScriptedModel.Answering(),
            chat => chat.UseOwner(context => context.User.FindFirst("tenant")?.Value is { Length: > 0 } tenant ? $"{tenant}/{context.Request.Headers["X-User"]}" : null));
        using var here = app.Client("alice", "north");
        using var elsewhere = app.Client("alice", "south");
        using var nobody = app.Client();
        var screen = await EmbeddedApp.AskAsync(here, "hello");
        Assert.Equal(["hello", "answer 1"], screen.Texts);
        var chat = (await here.GetFromJsonAsync<JsonElement>("chats")).GetProperty("chats")[0].GetProperty("id").GetString();
        Assert.Equal(HttpStatusCode.NotFound, (await elsewhere.GetAsync(new Uri($"chats/{chat}", UriKind.Relative))).StatusCode);
        using var issued = await here.PostAsync(new Uri($"chats/{chat}/stream-ticket", UriKind.Relative), null);
        var ticket = (await issued.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("ticket").GetString();
        var followed = await SseClient.FollowAsync(nobody, $"chats/{chat}/stream?ticket={ticket}", shown => shown.Ids.Count == 2);
        Assert.Equal(screen.Texts, followed.Texts);
        using var wrong = await nobody.GetAsync(new Uri($"chats/{chat}/stream?ticket=x", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
    }

    [Fact]
    public async Task A_ticket_opens_its_stream_also_where_the_application_asks_more_of_all_endpoints()
    {
        await using var app = await EmbeddedApp.StartAsync(
            ScriptedModel.Answering(), protect: group => group.RequireAuthorization(policy => policy.RequireAuthenticatedUser().RequireClaim("tenant", "north")));
        using var here = app.Client("alice", "north");
        using var elsewhere = app.Client("alice", "south");
        using var nobody = app.Client();
        var screen = await EmbeddedApp.AskAsync(here, "hello");
        var chat = (await here.GetFromJsonAsync<JsonElement>("chats")).GetProperty("chats")[0].GetProperty("id").GetString();
        Assert.Equal(HttpStatusCode.Forbidden, (await elsewhere.GetAsync(new Uri($"chats/{chat}/stream", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead)).StatusCode);
        using var issued = await here.PostAsync(new Uri($"chats/{chat}/stream-ticket", UriKind.Relative), null);
        var ticket = (await issued.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("ticket").GetString();
        Assert.Equal(screen.Texts, (await SseClient.FollowAsync(nobody, $"chats/{chat}/stream?ticket={ticket}", shown => shown.Ids.Count == 2)).Texts);
    }

    [Fact]
    public async Task An_application_that_knows_its_callers_by_other_means_can_let_everybody_in()
    {
        await using var app = await EmbeddedApp.StartAsync(ScriptedModel.Answering(), chat => chat.UseOwner(_ => "everybody"), group => group.AllowAnonymous());
        using var http = app.Client();
        Assert.Equal(["hello", "answer 1"], (await EmbeddedApp.AskAsync(http, "hello")).Texts);
    }

    [Fact]
    public async Task The_health_checks_of_an_application_can_include_the_library_s()
    {
        await using var app = await EmbeddedApp.StartAsync(ScriptedModel.Answering(), chat => chat.Services.AddHealthChecks().AddDurableChat("ready"));
        var health = app.Services.GetRequiredService<HealthCheckService>();
        var report = await health.CheckHealthAsync(check => check.Tags.Contains("ready"), TestContext.Current.CancellationToken);
        Assert.Equal(["durablechat_channel", "durablechat_drain", "durablechat_store"], report.Entries.Keys.Order());
        Assert.Equal(HealthStatus.Healthy, report.Status);
        app.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        report = await health.CheckHealthAsync(null, TestContext.Current.CancellationToken);
        Assert.Equal(HealthStatus.Unhealthy, report.Entries["durablechat_drain"].Status);
    }

    [Fact]
    public async Task Without_a_store_the_application_says_what_is_missing()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddDurableChat();
        await using var app = builder.Build();
        app.MapDurableChat("/chat");
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync());
        Assert.Contains("UseSqlite", failure.Message, StringComparison.Ordinal);
    }
}
