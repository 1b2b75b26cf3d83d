using System.Net.Http.Json;
using System.Text.Json;
using DurableChat.Integration.Tests.Http;
using DurableChat.Recorder.Options;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Integration.Tests.Recorders;

/// <summary>Turns of a server whose model calls go through a recorder.</summary>
public sealed class RecorderTurnTests : IAsyncLifetime
{
    private static readonly Func<Screen, bool> _ended = screen =>
        screen.Status is "error" || (screen.Status == "waiting" && screen.Ids.Count >= 2);
    private FakeProvider _provider = null!;

    public async ValueTask InitializeAsync() => _provider = await FakeProvider.StartAsync();

    public ValueTask DisposeAsync() => _provider.DisposeAsync();

    [Fact]
    public async Task An_answer_comes_through_the_recorder_piece_by_piece_and_is_let_go_of_once_it_is_stored()
    {
        await using var recorder = await TestRecorder.StartAsync();
        await using var server = await StartAsync(recorder.Address);
        var chat = await server.CreateAsync("hello", "real");
        var call = await _provider.NextAsync();
        await call.SayAsync("one ");
        var screen = await server.FollowAsync(chat, shown => shown.Preview == "one ");
        Assert.Equal((1, 1), (recorder.Figures.Exchanges, recorder.Figures.Running));
        await call.SayAsync("two");
        await call.FinishAsync();
        screen = await server.FollowAsync(chat, _ended, screen);
        Assert.Equal("one two", screen.Texts[1]);
        await Eventually.IsAsync(() => recorder.Figures.Exchanges == 0);
        Assert.Equal("ready", await server.Http.GetStringAsync(new Uri($"{server.Url}/readyz")));
        Assert.Equal((1, "Bearer sk-real"), (_provider.Requests, call.Headers["Authorization"]));
    }

    [Fact]
    public async Task A_turn_that_is_stopped_ends_at_the_provider()
    {
        await using var recorder = await TestRecorder.StartAsync();
        await using var server = await StartAsync(recorder.Address);
        var chat = await server.CreateAsync("hello", "real");
        var call = await _provider.NextAsync();
        await call.SayAsync("one ");
        await server.FollowAsync(chat, shown => shown.Preview == "one ");
        using var stopped = await server.Http.PostAsJsonAsync($"chats/{chat}/interrupt", new { });
        stopped.EnsureSuccessStatusCode();
        await call.AbortedAsync();
        await Eventually.IsAsync(() => recorder.Figures.Exchanges == 0);
    }

    [Fact]
    public async Task A_chat_that_is_deleted_ends_at_the_provider()
    {
        await using var recorder = await TestRecorder.StartAsync();
        await using var server = await StartAsync(recorder.Address);
        var chat = await server.CreateAsync("hello", "real");
        var call = await _provider.NextAsync();
        await call.SayAsync("one ");
        await server.FollowAsync(chat, shown => shown.Preview == "one ");
        using var deleted = await server.Http.DeleteAsync($"chats/{chat}");
        await call.AbortedAsync();
    }

    [Fact]
    public async Task An_edit_in_mid_answer_ends_the_answer_at_the_provider()
    {
        await using var recorder = await TestRecorder.StartAsync();
        await using var server = await StartAsync(recorder.Address);
        var chat = await server.CreateAsync("hello", "real");
        var call = await _provider.NextAsync();
        await call.SayAsync("one ");
        await server.FollowAsync(chat, shown => shown.Preview == "one ");
        using var edited = await server.Http.PatchAsJsonAsync(
            $"chats/{chat}/messages/1", new { content = "another question" });
        edited.EnsureSuccessStatusCode();
        var next = await _provider.NextAsync();
        await call.AbortedAsync();
        await next.SayAsync("two");
        await next.FinishAsync();
        Assert.Equal("two", (await server.FollowAsync(chat, _ended)).Texts[1]);
    }

    [Theory]
    [InlineData("a-wrong-secret-that-is-long-enough-too", "*", "recorder_refused", "has another secret")]
    [InlineData(TestRecorder.Secret, "api.example.com", "recorder_refused", "ready")]
    public async Task A_recorder_that_refuses_is_said_to_and_never_passed_by(
        string secret, string host, string code, string readiness)
    {
        await using var recorder = await TestRecorder.StartAsync(
            options => options with { Hosts = new AllowedHosts([host]) });
        await using var server = await StartAsync(recorder.Address, secret);
        var chat = await server.CreateAsync("hello", "real");
        await server.FollowAsync(chat, _ended);
        Assert.Equal((code, 0), (await ErrorAsync(server, chat), _provider.Requests));
        Assert.Contains(
            readiness, await server.Http.GetStringAsync(new Uri($"{server.Url}/readyz")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recorder_that_is_away_is_asked_again_and_never_passed_by()
    {
        using var folder = new TemporaryFolder();
        var address = $"unix:{folder.File("socket")}";
        await using var server = await StartAsync(address);
        Assert.Contains(
            "does not answer",
            await server.Http.GetStringAsync(new Uri($"{server.Url}/readyz")),
            StringComparison.Ordinal);
        var chat = await server.CreateAsync("hello", "real");
        await server.FollowAsync(
            chat, shown => shown.Log.Exists(entry => entry.StartsWith("retry", StringComparison.Ordinal)));
        Assert.Equal(0, _provider.Requests);
        await using var recorder = await TestRecorder.StartAsync(options => options with { Listen = address });
        var call = await _provider.NextAsync();
        await call.SayAsync("here");
        await call.FinishAsync();
        Assert.Equal("here", (await server.FollowAsync(chat, _ended)).Texts[1]);
    }

    [Theory]
    [InlineData("nonsense", TestRecorder.Secret, "DurableChat:Recorder:Address")]
    [InlineData("unix:relative", TestRecorder.Secret, "DurableChat:Recorder:Address")]
    [InlineData("http://127.0.0.1:9191", "short", "DurableChat:Recorder:Secret")]
    public async Task A_configuration_that_cannot_work_is_refused(string address, string secret, string named)
    {
        var refused = await Assert.ThrowsAsync<Server.Configuration.ConfigurationException>(() => StartAsync(address, secret));
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(TestRecorder.Secret, refused.Message, StringComparison.Ordinal);
    }

    private static async Task<string?> ErrorAsync(TestServer server, string chat)
    {
        var state = await server.Http.GetFromJsonAsync<JsonElement>($"chats/{chat}");
        return state.GetProperty("error").GetProperty("code").GetString();
    }

    private Task<TestServer> StartAsync(string recorder, string secret = TestRecorder.Secret) => TestServer.StartAsync(
        null,
        "Models:3:Name=real",
        "Models:3:Provider=openai",
        "Models:3:Model=m",
        $"Models:3:Endpoint={_provider.Url}v1",
        "Models:3:ApiKey=sk-real",
        $"DurableChat:Recorder:Address={recorder}",
        $"DurableChat:Recorder:Secret={secret}");
}
