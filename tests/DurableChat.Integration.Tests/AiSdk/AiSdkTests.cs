using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DurableChat.Integration.Tests.Http;
using Xunit;

namespace DurableChat.Integration.Tests.AiSdk;

/// <summary>The protocol of the AI SDK, to the letter. The real clients are tested in tests/ai-sdk.</summary>
public sealed class AiSdkTests : IAsyncLifetime
{
    private static readonly object _slow = new { model = "slow" };
    private static readonly object _calm = new { model = "calm" };
    private static readonly object _stuck = new { model = "stuck" };

    private TestServer _server = null!;

    public async ValueTask InitializeAsync() =>
        _server = await TestServer.StartAsync(
        null,
        "DurableChat:Worker:MaxAttempts=2", "DurableChat:Worker:Retry:FirstDelay=00:00:01",
        "Models:3:Name=calm", "Models:3:Provider=demo", "Models:3:DelayMs=40",
        "Models:4:Name=calmer", "Models:4:Provider=demo", "Models:4:DelayMs=150");

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_turn_with_a_tool_is_told_in_steps_and_replayed_alike()
    {
        using var sent = await (await UiStream.SendAsync(_server, "steps", "m1", "what time is it?")).ReadAsync();
        Assert.True(sent.IsDone);
        Assert.Equal("turn_1", sent.MessageId);
        Assert.Equal(["start", "start-step", "text:Let me look that up. ", "tool-input-available current_time True"], sent.Chunks.Take(4));
        Assert.StartsWith("tool-output-available ", sent.Chunks[4], StringComparison.Ordinal);
        Assert.Equal(["finish-step", "start-step"], sent.Chunks[5..7]);
        Assert.StartsWith("text:The tool says", sent.Chunks[7], StringComparison.Ordinal);
        Assert.Equal(["finish-step", "finish"], sent.Chunks[8..]);

        // The same request again finds the turn that it began before, from the stored history.
        using var again = await (await UiStream.SendAsync(_server, "steps", "m1", "what time is it?")).ReadAsync();
        Assert.Equal(sent.Chunks, again.Chunks);
        Assert.Equal("turn_1", again.MessageId);
        Assert.Equal(2, (await MessagesAsync("steps")).GetArrayLength());
        Assert.Null(await UiStream.ResumeAsync(_server, "steps"));
    }

    [Fact]
    public async Task A_page_of_the_history_has_at_least_one_whole_turn()
    {
        using var first = await (await UiStream.SendAsync(_server, "pages", "m1", "what time is it?")).ReadAsync();
        using var second = await (await UiStream.SendAsync(_server, "pages", "m2", "hello")).ReadAsync();
        var whole = await _server.GetAsync("/ai-sdk/chat/pages/messages");
        var newest = await _server.GetAsync("/ai-sdk/chat/pages/messages?limit=1");
        Assert.Equal(["msg_5", "turn_5"], IdsOf(newest));
        var before = newest.GetProperty("before_id").GetInt64();
        var oldest = await _server.GetAsync($"/ai-sdk/chat/pages/messages?limit=1&before_id={before}");
        Assert.False(oldest.TryGetProperty("before_id", out _));
        Assert.Equal(
            whole.GetProperty("messages").EnumerateArray().Select(message => message.ToString()),
            oldest.GetProperty("messages").EnumerateArray().Concat(newest.GetProperty("messages").EnumerateArray()).Select(message => message.ToString()));

        static IEnumerable<string?> IdsOf(JsonElement page) => page.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_message_is_sent_once_also_when_its_first_requests_come_at_once()
    {
        var opened = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => UiStream.SendAsync(_server, "once", $"m{i % 2}", $"hello {i % 2}")));
        var read = await Task.WhenAll(opened.Select(stream => stream.ReadAsync()));
        Assert.All(read, stream => Assert.Equal("finish", stream.Chunks[^1]));
        var messages = await MessagesAsync("once");
        Assert.Equal(2, messages.EnumerateArray().Count(message => message.GetProperty("role").GetString() == "user"));
        Assert.Equal(1, (await _server.GetAsync("chats")).GetProperty("chats").GetArrayLength());
        var other = await Assert.ThrowsAsync<HttpRequestException>(() => UiStream.SendAsync(_server, "once", "m1", "something else"));
        Assert.Contains("idempotency_key_reused", other.Message, StringComparison.Ordinal);
        foreach (var stream in read)
        {
            stream.Dispose();
        }
    }

    [Fact]
    public async Task A_message_that_waits_in_the_queue_gets_its_own_answer()
    {
        using var first = await (await UiStream.SendAsync(_server, "queue", "m1", "tell me a long story", _calm)).ReadUntilAsync(stream => stream.Text.Length > 50);
        using var gone = await UiStream.SendAsync(_server, "queue", "m0", "hello");
        using var same = await UiStream.SendAsync(_server, "queue", "m2", "hello");
        using var second = await UiStream.SendAsync(_server, "queue", "m3", "hello");
        using var deleted = await UiStream.SendAsync(_server, "queue", "m4", "never mind");
        var chat = (await _server.GetAsync("chats")).GetProperty("chats")[0].GetProperty("id").GetString();
        foreach (var (stream, number) in new[] { (deleted, 4), (gone, 1) })
        {
            (await _server.Http.DeleteAsync($"chats/{chat}/queue/{number}")).EnsureSuccessStatusCode();
            Assert.Equal(["abort"], (await stream.ReadAsync()).Chunks);
        }

        using var stopped = await _server.Http.PostAsync("/ai-sdk/chat/queue/stop", null);
        Assert.Equal(HttpStatusCode.Accepted, stopped.StatusCode);
        Assert.Equal("abort", (await first.ReadAsync()).Chunks[^1]);
        Assert.Equal("turn_3", (await same.ReadAsync()).MessageId);
        Assert.Equal("turn_5", (await second.ReadAsync()).MessageId);
        Assert.StartsWith("That is message 2", same.Text, StringComparison.Ordinal);
        Assert.StartsWith("That is message 3", second.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_is_put_before_an_equal_one_gets_its_own_answer()
    {
        using var running = await (await UiStream.SendAsync(_server, "promoted", "m1", "tell me a long story", _calm)).ReadUntilAsync(stream => stream.Text.Length > 50);
        using var first = await UiStream.SendAsync(_server, "promoted", "m2", "hello");
        using var second = await UiStream.SendAsync(_server, "promoted", "m3", "hello");
        var chat = (await _server.GetAsync("chats")).GetProperty("chats")[0].GetProperty("id").GetString();
        (await _server.Http.PostAsync($"chats/{chat}/queue/2/promote", null)).EnsureSuccessStatusCode();
        Assert.Equal("turn_3", (await second.ReadAsync()).MessageId);
        Assert.Equal("turn_5", (await first.ReadAsync()).MessageId);
        Assert.All(new[] { first, second }, stream => Assert.Equal("finish", stream.Chunks[^1]));
    }

    [Fact]
    public async Task Of_two_tabs_whose_equal_messages_waited_each_regenerates_its_own_as_often_as_it_likes()
    {
        using var running = await (await UiStream.SendAsync(_server, "tabs", "m1", "tell me a long story", _calm)).ReadUntilAsync(stream => stream.Text.Length > 50);
        using var first = await UiStream.SendAsync(_server, "tabs", "m2", "and now?");
        using var second = await UiStream.SendAsync(_server, "tabs", "m3", "and now?");
        using var stopped = await _server.Http.PostAsync("/ai-sdk/chat/tabs/stop", null);
        Assert.Equal("turn_3", (await first.ReadAsync()).MessageId);
        Assert.Equal("turn_5", (await second.ReadAsync()).MessageId);
        Assert.Equal([null, 1, 2], await QueuedIdsAsync());

        // Each tab shows the first answer, and right behind it the message that it has sent.
        Assert.Equal("turn_7", await RegenerateAsync("m3"));
        Assert.Equal("turn_9", await RegenerateAsync("m3"));
        Assert.Equal([null, 1, 2], await QueuedIdsAsync());
        Assert.Equal("turn_11", await RegenerateAsync("m2"));
        Assert.Equal([null, 1], await QueuedIdsAsync());

        // The other one is gone with that, and nothing is answered in its stead.
        var gone = await Assert.ThrowsAsync<HttpRequestException>(() => RegenerateAsync("m3"));
        Assert.Contains("queued_message_not_found", gone.Message, StringComparison.Ordinal);
        Assert.Equal([null, 1], await QueuedIdsAsync());

        async Task<string?> RegenerateAsync(string id)
        {
            object[] shown = [UiStream.User("m1", "tell me a long story"), new { id = "turn_1", role = "assistant", parts = Array.Empty<object>() }, UiStream.User(id, "and now?")];
            using var again = await (await UiStream.PostAsync(_server, new { id = "tabs", messages = shown, trigger = "regenerate-message" })).ReadAsync();
            Assert.Equal("finish", again.Chunks[^1]);
            return again.MessageId;
        }

        async Task<int?[]> QueuedIdsAsync()
        {
            var chat = (await _server.GetAsync("chats")).GetProperty("chats")[0].GetProperty("id").GetString();
            var messages = (await _server.GetAsync($"chats/{chat}/messages")).GetProperty("messages").EnumerateArray();
            return [.. messages.Where(message => message.GetProperty("role").GetString() == "user").Select(message => message.TryGetProperty("queued_id", out var number) ? number.GetInt32() : (int?)null)];
        }
    }

    [Fact]
    public async Task A_message_that_let_another_one_of_the_queue_run_first_is_not_taken_for_that()
    {
        using var failing = await (await UiStream.SendAsync(_server, "behind", "m1", "fail", _slow)).ReadUntilAsync(stream => stream.Text.Length > 0);
        using var waiting = await UiStream.SendAsync(_server, "behind", "m2", "hello");
        await failing.ReadAsync();
        await waiting.ReadAsync();
        using var sent = await (await UiStream.SendAsync(_server, "behind", "m3", "and now?")).ReadAsync();
        Assert.Equal("finish", sent.Chunks[^1]);
        object[] shown = [UiStream.User("m1", "fail"), UiStream.User("m3", "and now?")];
        using var again = await (await UiStream.PostAsync(_server, new { id = "behind", messages = shown, trigger = "regenerate-message" })).ReadAsync();
        var texts = (await MessagesAsync("behind")).EnumerateArray().Where(message => message.GetProperty("role").GetString() == "user").Select(message => message.GetProperty("parts")[0].GetProperty("text").GetString());
        Assert.Equal(["fail", "hello", "and now?"], texts);
    }

    [Fact]
    public async Task A_message_instead_of_a_tools_output_cancels_the_call_and_is_answered_at_once()
    {
        using var asked = await (await UiStream.SendAsync(_server, "otherwise", "m1", "use pick_color please", new { model = "calm", client_tools = new[] { new { name = "pick_color" } } })).ReadAsync();
        using var sent = await (await UiStream.SendAsync(_server, "otherwise", "m2", "never mind")).ReadAsync();
        Assert.Equal("turn_4", sent.MessageId);
        Assert.Equal("finish", sent.Chunks[^1]);
        Assert.Equal(["user", "assistant", "user", "assistant"], (await MessagesAsync("otherwise")).EnumerateArray().Select(message => message.GetProperty("role").GetString()));
    }

    [Fact]
    public async Task A_failed_attempt_ends_its_step_with_a_mark_and_the_turn_with_an_error()
    {
        using var stream = await (await UiStream.SendAsync(_server, "failing", "m1", "fail", _slow)).ReadUntilAsync(failing => failing.Text.Length > 0);
        using var behind = await UiStream.SendAsync(_server, "failing", "m2", "hello");
        await stream.ReadAsync();
        Assert.True(stream.IsDone);
        Assert.Equal(["start-step", "text:I will try, but I was told to ", "data-preview-reset", "finish-step", "start-step"], stream.Chunks.Where(chunk => chunk != "data-retry").Skip(1).Take(5));
        Assert.Contains("data-retry", stream.Chunks);
        Assert.Equal("error The demo model fails when it is told to.", stream.Chunks[^1]);

        // Nothing starts the queue then.
        Assert.Equal(["error The turn before failed; the message waits in the queue."], (await behind.ReadAsync()).Chunks);
    }

    [Fact]
    public async Task A_message_of_several_parts_is_answered_again_as_a_whole()
    {
        var history = new[] { new { role = "user", parts = new[] { new { type = "text", text = "one" }, new { type = "text", text = "two" } } } };
        using var created = await _server.Http.PostAsJsonAsync("chats", new { history });
        var chat = (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        using var answered = await (await UiStream.PostAsync(_server, new { id = chat, messages = new[] { UiStream.User("msg_1", "one\ntwo") }, trigger = "regenerate-message" })).ReadAsync();
        Assert.Equal("turn_2", answered.MessageId);
        Assert.Equal("one\ntwo", (await MessagesAsync(chat))[0].GetProperty("parts")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_stream_whose_turn_is_edited_away_or_deleted_ends()
    {
        using var edited = await (await UiStream.SendAsync(_server, "gone", "m1", "tell me a long story", _calm)).ReadUntilAsync(stream => stream.Text.Length > 50);
        var chat = (await _server.GetAsync("chats")).GetProperty("chats")[0].GetProperty("id").GetString();
        (await _server.Http.PatchAsJsonAsync($"chats/{chat}/messages/1", new { content = "tell me a longer story" })).EnsureSuccessStatusCode();
        Assert.Equal("abort", (await edited.ReadAsync()).Chunks[^1]);
        Assert.True(edited.IsDone);

        using var deleted = (await UiStream.ResumeAsync(_server, chat!))!;
        await deleted.ReadUntilAsync(stream => stream.Text.Length > 50);
        Assert.Equal("turn_2", deleted.MessageId);
        (await _server.Http.DeleteAsync($"chats/{chat}")).EnsureSuccessStatusCode();
        Assert.Equal("error The chat is gone.", (await deleted.ReadAsync()).Chunks[^1]);
        var again = await Assert.ThrowsAsync<HttpRequestException>(() => UiStream.SendAsync(_server, "gone", "m2", "hello"));
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Fact]
    public async Task A_tool_that_the_client_has_answered_is_not_its_to_run_again()
    {
        var tools = new { model = "calmer", client_tools = new[] { new { name = "pick_color" } } };
        using var asked = await (await UiStream.SendAsync(_server, "tools", "m1", "use pick_color please", tools)).ReadAsync();
        Assert.Equal(["tool-input-available pick_color", "finish-step", "finish"], asked.Chunks[^3..]);
        Assert.Null(await UiStream.ResumeAsync(_server, "tools"));
        var call = (await MessagesAsync("tools"))[1].GetProperty("parts")[2].GetProperty("toolCallId").GetString();
        var answer = new { id = "turn_1", role = "assistant", parts = new[] { new { type = "tool-pick_color", toolCallId = call, state = "output-available", output = new { color = "red" } } } };
        var body = new { id = "tools", messages = new object[] { UiStream.User("m1", "use pick_color please"), answer }, trigger = "submit-message", messageId = "turn_1" };
        using var answered = await (await UiStream.PostAsync(_server, body)).ReadUntilAsync(stream => stream.Text.Length > 5);
        Assert.Null(answered.MessageId);

        // What has committed of the turn is left out with the rest of it, or a replay would tell it twice.
        Assert.Equal(1, (await MessagesAsync("tools")).GetArrayLength());

        // Another tab that answers too hears the same, and one that comes anew sees the call with its result.
        using var late = await UiStream.PostAsync(_server, body);
        using var resumed = (await UiStream.ResumeAsync(_server, "tools"))!;
        Assert.Equal((await answered.ReadAsync()).Chunks, (await late.ReadAsync()).Chunks);
        Assert.Equal(["tool-input-start pick_color", "tool-input-delta", """tool-output-available {"color":"red"}"""], (await resumed.ReadAsync()).Chunks[3..6]);
        Assert.Equal(answered.Text, resumed.Text["Let me look that up. ".Length..]);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => UiStream.PostAsync(_server, new { body.id, messages = new[] { new { id = "turn_1", role = "assistant", parts = Array.Empty<object>() } }, body.trigger }));
        Assert.Contains("no_action_required", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chat_of_the_api_is_known_by_its_id_and_one_without_an_answer_to_a_message_sends_it()
    {
        var chat = await _server.CreateAsync();
        await _server.FollowAsync(chat, screen => screen.Status == "waiting" && screen.Ids.Count == 2);
        using var sent = await (await UiStream.SendAsync(_server, chat, "m1", "and now?")).ReadAsync();
        Assert.Equal("turn_3", sent.MessageId);
        Assert.Equal(4, (await _server.ReadIdsAsync(chat)).Length);

        // A client whose request was lost sends it again as an edit of a message that nobody knows.
        var body = new { id = chat, messages = new[] { UiStream.User("msg_1", "hello"), UiStream.User("m9", "lost"), }, trigger = "submit-message", messageId = "m9" };
        using var lost = await (await UiStream.PostAsync(_server, body with { messages = [UiStream.User("msg_3", "and now?"), .. body.messages[1..]] })).ReadAsync();
        Assert.Equal("turn_5", lost.MessageId);

        // What another tab has said meanwhile is in the place of the lost message, and is not what is meant.
        (await _server.Http.PostAsJsonAsync($"chats/{chat}/messages", new { content = "somebody else's" })).EnsureSuccessStatusCode();
        await _server.FollowAsync(chat, screen => screen.Status == "waiting" && screen.Ids.Count == 8);
        object[] shown = [UiStream.User("msg_5", "lost"), UiStream.User("m10", "lost as well")];
        using var regenerated = await (await UiStream.PostAsync(_server, new { id = chat, messages = shown, trigger = "regenerate-message" })).ReadAsync();
        Assert.Equal("turn_9", regenerated.MessageId);
        using var edited = await (await UiStream.PostAsync(_server, new { id = chat, messages = new[] { shown[0], UiStream.User("m11", "lost too") }, trigger = "submit-message", messageId = "m11" })).ReadAsync();
        Assert.Equal("turn_11", edited.MessageId);
        Assert.Equal(Enumerable.Range(1, 12).Select(id => (long)id), await _server.ReadIdsAsync(chat));
    }

    [Fact]
    public async Task A_message_whose_id_is_forgotten_is_known_by_its_place()
    {
        var time = new ShiftedTime();
        await using var server = await TestServer.StartAsync(null, time);
        using var first = await (await UiStream.SendAsync(server, "old", "m1", "hello")).ReadAsync();
        using var second = await (await UiStream.SendAsync(server, "old", "m2", "and now?")).ReadAsync();
        time.Shift = TimeSpan.FromHours(25);
        var shown = new[] { UiStream.User("msg_1", "hello"), UiStream.User("m2", "and now?") };
        using var again = await (await UiStream.PostAsync(server, new { id = "old", messages = shown, trigger = "regenerate-message" })).ReadAsync();
        Assert.Equal("turn_5", again.MessageId);
        var messages = (await server.GetAsync("/ai-sdk/chat/old/messages")).GetProperty("messages").EnumerateArray();
        Assert.Equal(["msg_1", "turn_1", "msg_5", "turn_5"], messages.Select(message => message.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task A_long_history_in_the_request_is_no_hindrance()
    {
        var history = Enumerable.Range(0, 40).Select(i => UiStream.User($"old{i}", new string('x', 100_000))).Append(UiStream.User("m1", "hello")).ToArray();
        using var stream = await (await UiStream.PostAsync(_server, new { id = "long", messages = history, trigger = "submit-message" })).ReadAsync();
        Assert.Equal("turn_1", stream.MessageId);
    }

    [Theory]
    [InlineData("""{"messages":[{"id":"m","role":"user","parts":[]}],"trigger":"submit-message"}""", "id")]
    [InlineData("""{"id":"a/b","messages":[{"id":"m","role":"user","parts":[{"type":"text","text":"x"}]}],"trigger":"submit-message"}""", "id")]
    [InlineData("""{"id":"bad","messages":[],"trigger":"submit-message"}""", "messages")]
    [InlineData("""{"id":"bad","messages":[null],"trigger":"submit-message"}""", "messages")]
    [InlineData("""{"id":"bad","messages":[{"role":"user","parts":[]}],"trigger":"submit-message"}""", "messages[0].id")]
    [InlineData("""{"id":"bad","messages":[{"id":"m","role":"user","parts":5}],"trigger":"submit-message"}""", "messages[0].parts")]
    [InlineData("""{"id":"bad","messages":[{"id":"m","role":"user"}],"trigger":"submit-message"}""", "messages[0].parts")]
    [InlineData("""{"id":"bad","messages":[{"id":"m","role":"system","parts":[]}],"trigger":"submit-message"}""", "messages[0].role")]
    [InlineData("""{"id":"bad","messages":[{"id":"m","role":"user","parts":[]}],"trigger":"resume-stream"}""", "trigger")]
    [InlineData("""{"id":"bad","messages":[{"id":"m","role":"user","parts":[]}],"trigger":"submit-message"}""", "content")]
    [InlineData("""{"id":"bad","messages":[{"id":"m","role":"user","parts":[{"type":"file","url":"data:,x","mediaType":"text/plain"}]}],"trigger":"submit-message"}""", "messages[0].parts[0]")]
    [InlineData("""{"id":"bad","messages":[{"id":"m","role":"user","parts":[{"type":"text","text":"x"}]}],"trigger":"submit-message","model":"none"}""", "model")]
    [InlineData("""{"id":"bad","messages":[{"id":"m","role":"user","parts":[{"type":"text","text":"x"}]}],"trigger":"submit-message","client_tools":[{}]}""", "client_tools[0].name")]
    public async Task Bad_input_is_refused_clearly(string body, string field)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await _server.Http.PostAsync("/ai-sdk/chat", content);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_field", field), (response.StatusCode, problem.GetProperty("code").GetString(), problem.GetProperty("field").GetString()));
        Assert.Equal(0, (await MessagesAsync("bad")).GetArrayLength());
    }

    [Fact]
    public async Task A_client_without_a_place_for_a_stream_sends_nothing()
    {
        await using var server = await TestServer.StartAsync(null, "Http:MaxStreamsPerOwner=1");
        using var first = await UiStream.SendAsync(server, "limited", "m1", "hello", _stuck);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => UiStream.SendAsync(server, "other", "m1", "hello"));
        Assert.Contains("too_many_streams", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await server.GetAsync("chats")).GetProperty("chats").GetArrayLength());
    }

    [Fact]
    public async Task A_server_that_shuts_down_breaks_streams_off_so_that_nobody_takes_the_answer_for_complete()
    {
        var server = await TestServer.StartAsync();
        using var stream = await (await UiStream.SendAsync(server, "cut", "m1", "hello", _stuck)).ReadUntilAsync(opened => opened.Chunks.Count > 0);
        await server.DisposeAsync();
        await Assert.ThrowsAnyAsync<IOException>(stream.ReadAsync);
        Assert.False(stream.IsDone);
    }

    private async Task<JsonElement> MessagesAsync(string chat) => (await _server.GetAsync($"/ai-sdk/chat/{chat}/messages")).GetProperty("messages");

    private sealed class ShiftedTime : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
    }
}
