using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using DurableChat.Client;
using DurableChat.Integration.Tests.AiSdk;
using DurableChat.Server.Terminal;
using Microsoft.Extensions.AI;
using Xunit;

namespace DurableChat.Integration.Tests.Http;

/// <summary>What chats and messages choose for themselves, through every door.</summary>
public sealed class SettingWireTests : IAsyncLifetime
{
    private TestServer _server = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(
        null,
        "Models:0:Allow:Temperature:Max=1.2",
        "Models:0:Allow:ReasoningEffort:0=low",
        "Models:0:Allow:ReasoningEffort:1=high",
        "Models:0:Allow:MaxOutputTokens:Min=100",
        "Models:0:Allow:MaxOutputTokens:Max=8000",
        "Models:0:Allow:ResponseFormat=true",
        "Models:0:Allow:Stop=true",
        "Models:0:Allow:Seed=true",
        "Models:0:Allow:ToolChoice=true");

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Models_tell_what_they_allow()
    {
        var models = (await _server.GetAsync("models")).GetProperty("models");
        Assert.Equal(
            """{"reasoning_effort":["low","high"],"temperature":{"min":0,"max":1.2},"seed":true,"stop":true,"max_output_tokens":{"min":100,"max":8000},"response_format":true,"tool_choice":true,"parallel_tool_calls":false,"tools":false,"built_in_tools":false,"cache":false}""",
            models[0].GetProperty("allow").GetRawText());
        Assert.DoesNotContain("true", models[1].GetProperty("allow").GetRawText(), StringComparison.Ordinal);
        var read = await new DurableChatClient(_server.Http).ListModelsAsync(Cancelled);
        Assert.Equal(
            (new SettingBounds(0, 1.2), 2, true, false), (
                read[0].Allow!.Temperature, read[0].Allow!.ReasoningEffort!.Count, read[0].Allow!.Seed, read[
                    0].Allow!.Tools));
    }

    [Fact]
    public async Task A_message_has_the_settings_of_its_chat_and_its_own_and_keeps_them()
    {
        var chat = (
            await ReadAsync(
                HttpMethod.Post, "chats",
                    """{"content":"one","settings":{"temperature":0.2,"reasoning_effort":"low"}}""")).GetProperty(
                        "id").GetString()!;
        await EndAsync(chat, messages: 2);
        await ReadAsync(
            HttpMethod.Post, $"chats/{chat}/messages", """{"content":"two","settings":{"temperature":0.7}}""");
        await EndAsync(chat, messages: 4);
        var changed = await ReadAsync(HttpMethod.Patch, $"chats/{chat}", """{"settings":{"seed":5}}""");
        Assert.Equal("""{"seed":5}""", changed.GetProperty("settings").GetRawText());
        await ReadAsync(HttpMethod.Patch, $"chats/{chat}/messages/3", """{"content":"two"}""");
        await EndAsync(chat, messages: 4);
        await ReadAsync(HttpMethod.Post, $"chats/{chat}/messages", """{"content":"three"}""");
        var screen = await EndAsync(chat, messages: 6);
        Assert.Equal(
            ["""{"reasoning_effort":"low","temperature":0.2}""", """{"reasoning_effort":"low","temperature":0.7}""",
                """{"seed":5}"""],
            await SettingsAsync(chat));

        // An edit that says something is as a new message.
        await ReadAsync(
            HttpMethod.Patch, $"chats/{chat}/messages/{screen.Ids[^2]}", """{"content":"four","model":"slow"}""");
        await EndAsync(chat, messages: 6);
        var last = (await _server.GetAsync($"chats/{chat}/messages")).GetProperty("messages")[4];
        Assert.Equal("slow", last.GetProperty("model").GetString());
        Assert.False(last.TryGetProperty("settings", out _));
    }

    [Fact]
    public async Task The_first_message_of_a_chat_can_have_settings_that_no_other_has()
    {
        var chat = await ReadAsync(
            HttpMethod.Post, "chats",
                """{"content":"one","settings":{"seed":1},"message_settings":{"temperature":0.2}}""");
        Assert.Equal("""{"seed":1}""", chat.GetProperty("settings").GetRawText());
        var id = chat.GetProperty("id").GetString()!;
        await EndAsync(id, messages: 2);
        await ReadAsync(HttpMethod.Post, $"chats/{id}/messages", """{"content":"two"}""");
        await EndAsync(id, messages: 4);
        Assert.Equal(["""{"temperature":0.2,"seed":1}""", """{"seed":1}"""], await SettingsAsync(id));
        using var refused = await SendAsync(
            HttpMethod.Post, "chats", """{"content":"one","message_settings":{"top_k":2}}""");
        Assert.Equal(
            "message_settings.top_k", (await refused.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty(
                "field").GetString());
        using var pointless = await SendAsync(
            HttpMethod.Post, "chats",
                """{"history":[{"role":"user","parts":[{"type":"text","text":"a"}]}],"message_settings":{"seed":2}}""");
        Assert.Equal(
            "message_settings", (await pointless.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty(
                "field").GetString());
    }

    [Fact]
    public async Task A_chat_changes_its_model_and_older_messages_keep_theirs()
    {
        var chat = await _server.CreateAsync("one");
        await EndAsync(chat, messages: 2);
        Assert.Equal(
            "slow", (await ReadAsync(HttpMethod.Patch, $"chats/{chat}", """{"model":"slow"}""")).GetProperty(
                "model").GetString());
        Assert.Equal(
            "slow", (await _server.GetAsync("chats")).GetProperty("chats")[0].GetProperty("model").GetString());
        await ReadAsync(HttpMethod.Post, $"chats/{chat}/messages", """{"content":"two"}""");
        await EndAsync(chat, messages: 4);
        await ReadAsync(HttpMethod.Post, $"chats/{chat}/messages", """{"content":"three","model":"demo"}""");
        await EndAsync(chat, messages: 6);
        Assert.Equal(["demo", "slow", "demo"], await AnswersAsync(chat));
        await ReadAsync(HttpMethod.Patch, $"chats/{chat}/messages/1", """{"content":"one again"}""");
        await EndAsync(chat, messages: 2);
        Assert.Equal(["demo"], await AnswersAsync(chat));
    }

    [Theory]
    [InlineData(
        """{"temperature":1.3}""", "setting_out_of_bounds", "settings.temperature",
            "temperature is 1.3; the model 'demo' allows 0 to 1.2.")]
    [InlineData(
        """{"reasoning_effort":"max"}""", "setting_out_of_bounds", "settings.reasoning_effort",
            "reasoning_effort is max; the model 'demo' allows low or high.")]
    [InlineData(
        """{"top_p":0.5}""", "setting_not_allowed", "settings.top_p",
            "The model 'demo' does not let requests choose top_p.")]
    [InlineData("""{"stop":[""]}""", "invalid_field", "settings.stop", "stop is a list of 1 to 4 texts")]
    [InlineData(
        """{"response_format":{"type":"yaml"}}""", "invalid_field", "settings.response_format",
            "an object whose type is text, json_object or json_schema")]
    [InlineData(
        """{"temprature":1}""", "invalid_json", "settings.temprature", "a field that this endpoint does not know")]
    [InlineData("""{"headers":{}}""", "invalid_json", "settings.headers", "a field that this endpoint does not know")]
    [InlineData("""{"temperature":"hot"}""", "invalid_json", "settings.temperature", "does not have the right form")]
    [InlineData("""{"temperature":9,"top_k":1}""", "setting_out_of_bounds", "settings.temperature", "top_k")]
    public async Task What_the_model_does_not_allow_is_refused_everywhere(
        string settings, string code, string field, string detail)
    {
        var chat = await _server.CreateAsync("one");
        await EndAsync(chat, messages: 2);
        (HttpMethod, string, string)[] requests =
        [
            (HttpMethod.Post, "chats", $$"""{"content":"x","settings":{{settings}}}"""),
            (HttpMethod.Patch, $"chats/{chat}", $$"""{"settings":{{settings}}}"""),
            (HttpMethod.Post, $"chats/{chat}/messages", $$"""{"content":"x","settings":{{settings}}}"""),
            (HttpMethod.Patch, $"chats/{chat}/messages/1", $$"""{"content":"x","settings":{{settings}}}"""),
            (HttpMethod.Post, $"{_server.Url}/ai-sdk/chat",
                $$"""{"id":"{{chat}}","trigger":"submit-message","messages":[{"id":"m","role":"user","parts":[{"type":"text","text":"x"}]}],"settings":{{settings}}}"""),
        ];
        foreach (var (method, path, body) in requests)
        {
            using var response = await SendAsync(method, path, body);
            var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Cancelled);
            Assert.Equal(
                (HttpStatusCode.BadRequest, code, field), (
                    response.StatusCode, problem.GetProperty("code").GetString(), problem.GetProperty(
                        "field").GetString()));
            Assert.Contains(detail, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal(2, (await _server.ReadIdsAsync(chat)).Length);
    }

    [Theory]
    [InlineData("""{"top_k":1}""", "settings.top_k", "does not let requests choose top_k")]
    [InlineData("[1]", "settings", "The field 'settings' does not have the right form.")]
    public async Task A_client_of_the_AI_SDK_that_begins_a_chat_is_told_of_its_own_fields(
        string settings, string field, string detail)
    {
        using var response = await SendAsync(
            HttpMethod.Post,
            $"{_server.Url}/ai-sdk/chat",
            $$"""{"id":"new","trigger":"submit-message","messages":[{"id":"m","role":"user","parts":[{"type":"text","text":"x"}]}],"settings":{{settings}}}""");
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Cancelled);
        Assert.Equal(
            (HttpStatusCode.BadRequest, field), (response.StatusCode, problem.GetProperty("field").GetString()));
        Assert.Contains(detail, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exported_history_brings_its_settings_along()
    {
        var chat = (
            await ReadAsync(
                HttpMethod.Post, "chats", """{"content":"one","settings":{"temperature":0.2}}""")).GetProperty(
                    "id").GetString()!;
        await EndAsync(chat, messages: 2);
        var client = new DurableChatClient(_server.Http);
        var page = await client.ReadAfterAsync(chat, cancellationToken: Cancelled);
        var copy = await client.CreateChatAsync(
            new NewChatRequest { History = [.. page.Messages.Select(HistoryEntry.From)] },
                cancellationToken: Cancelled);
        Assert.Equal("""{"temperature":0.2}""", Assert.Single(await SettingsAsync(copy.Id)));
        Assert.Null(copy.Settings);
    }

    [Fact]
    public async Task The_dotnet_client_says_them_and_reads_them_back()
    {
        var client = new DurableChatClient(_server.Http);
        var first = new NewChatRequest("one") { Settings = new ChatSettings { Temperature = 0.1 } };
        var chat = await client.CreateChatAsync(first, cancellationToken: Cancelled);
        await EndAsync(chat.Id, messages: 2);
        await client.SendAsync(
            chat.Id, "two", settings: new ChatSettings { Stop = ["END"] }, cancellationToken: Cancelled);
        await EndAsync(chat.Id, messages: 4);
        await client.EditAsync(chat.Id, 3, "three", model: "slow", cancellationToken: Cancelled);
        await EndAsync(chat.Id, messages: 4);
        var changed = await client.UpdateChatAsync(
            chat.Id, model: "slow", settings: new ChatSettings(), cancellationToken: Cancelled);
        Assert.Equal(("slow", null), (changed.Model, changed.Settings));
        var messages = (await client.ReadAfterAsync(chat.Id, cancellationToken: Cancelled)).Messages;
        Assert.Equal(0.1, messages[0].Settings!.Temperature);

        // The other model allows nothing of what the message had.
        Assert.Equal(("slow", null), (messages[2].Model, messages[2].Settings));
    }

    [Fact]
    public async Task Options_of_a_chat_client_become_settings()
    {
        using var chat = new DurableChatClient(_server.Http).AsChatClient();
        var options = new ChatOptions
        {
            Temperature = 0.2f,
            MaxOutputTokens = 500,
            Seed = 3,
            StopSequences = ["END"],
            Reasoning = new ReasoningOptions { Effort = ReasoningEffort.High },
            ResponseFormat = ChatResponseFormat.ForJsonSchema(
                JsonElement.Parse("""{"type":"object"}"""), "thing", "What it is."),
            ToolMode = ChatToolMode.RequireSpecific("current_time"),
        };
        var response = await chat.GetResponseAsync("hello", options, Cancelled);
        Assert.Equal(
            """{"reasoning_effort":"high","temperature":0.2,"seed":3,"stop":["END"],"max_output_tokens":500,"response_format":{"type":"json_schema","name":"thing","schema":{"type":"object"},"description":"What it is."},"tool_choice":"current_time"}""",
            (await SettingsAsync(response.ConversationId!))[0]);

        // They are for this message alone.
        await chat.GetResponseAsync(
            "more", new ChatOptions { ConversationId = response.ConversationId, Seed = 4 }, Cancelled);
        await chat.GetResponseAsync(
            "and more", new ChatOptions { ConversationId = response.ConversationId }, Cancelled);
        Assert.Equal(["""{"seed":4}""", ""], (await SettingsAsync(response.ConversationId!))[1..]);
        var refused = await Assert.ThrowsAsync<DurableChatException>(
            () => chat.GetResponseAsync("hello", new ChatOptions { TopK = 3 }, Cancelled));
        Assert.Equal("setting_not_allowed", refused.Code);
        using var deaf = new DurableChatClient(_server.Http).AsChatClient(
            new DurableChatAdapterOptions { IgnoreSettings = true });
        Assert.NotEmpty((await deaf.GetResponseAsync("hello", new ChatOptions { TopK = 3 }, Cancelled)).Text);
    }

    [Fact]
    public async Task A_client_of_the_AI_SDK_says_them_in_its_body()
    {
        using (
            await (
                await UiStream.SendAsync(
                    _server, "settings", "m1", "hello", new { settings = new { temperature = 0.4 } })).ReadAsync())
        {
        }

        using (await (await UiStream.SendAsync(_server, "settings", "m2", "more", new { model = "slow" })).ReadAsync())
        {
        }

        var chat = (await _server.GetAsync("chats")).GetProperty("chats")[0];
        Assert.Equal("demo", chat.GetProperty("model").GetString());
        var id = chat.GetProperty("id").GetString()!;
        Assert.Equal(["""{"temperature":0.4}""", ""], await SettingsAsync(id));
        Assert.Equal(["demo", "slow"], await AnswersAsync(id));
    }

    [Fact]
    public void Settings_are_typed_as_they_are_named()
    {
        var settings = SettingText.Read(
            ["temperature=0.2", "reasoning_effort=low", "stop=END", "tools=false",
                "response_format={\"type\":\"json_object\"}", "seed=7", "seed="]);
        Assert.Equal(
            "reasoning_effort=low temperature=0.2 stop=[\"END\"] response_format={\"type\":\"json_object\"} tools=false", SettingText.Write(settings));
        Assert.Equal("none", SettingText.Write(null));
        foreach (var (text, message) in new[]
        {
            ("temprature=1", "There is no setting 'temprature'. Did you mean 'temperature'?"),
            ("temperature=hot", "'hot' is no value of temperature."),
            ("temperature", "'temperature' is not of the form name=value."),
        })
        {
            Assert.Equal(message, Assert.Throws<FormatException>(() => SettingText.Read([text])).Message);
        }
    }

    private async Task<string[]> SettingsAsync(string chat) =>
        [.. (await _server.GetAsync($"chats/{chat}/messages")).GetProperty("messages").EnumerateArray()
            .Where(message => message.GetProperty("role").GetString() == "user")
            .Select(message => message.TryGetProperty("settings", out var settings) ? settings.GetRawText() : "")];

    private async Task<string?[]> AnswersAsync(string chat) =>
        [.. (await _server.GetAsync($"chats/{chat}/messages")).GetProperty("messages").EnumerateArray()
            .Where(message => message.GetProperty("role").GetString() == "assistant")
            .Select(message => message.GetProperty("model").GetString())];

    private Task<DurableChat.Tests.Support.Screen> EndAsync(string chat, int messages) =>
        _server.FollowAsync(chat, screen => screen.Status == "waiting" && screen.Ids.Count == messages);

    private async Task<JsonElement> ReadAsync(HttpMethod method, string path, string body)
    {
        using var response = await SendAsync(method, path, body);
        var text = await response.Content.ReadAsStringAsync(Cancelled);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonElement.Parse(text);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(method, path) { Content = content };
        return await _server.Http.SendAsync(request, Cancelled);
    }
}
