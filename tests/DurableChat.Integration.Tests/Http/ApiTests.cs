using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Xunit;

namespace DurableChat.Integration.Tests.Http;

/// <summary>Commands, pages, refusals.</summary>
public sealed class ApiTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("POST", "chats", """{"content":""}""", 400, "invalid_field", "content")]
    [InlineData("POST", "chats", """{"title":"x"}""", 400, "invalid_field", "content")]
    [InlineData("POST", "chats", """{"content":"x","model":"gpt-99"}""", 400, "invalid_field", "model")]
    [InlineData("POST", "chats", """{"content":"x","title":" "}""", 400, "invalid_field", "title")]
    [InlineData("POST", "chats", """{"content":"x","client_tools":[{"name":"a b"}]}""", 400, "invalid_field", "client_tools[0].name")]
    [InlineData("POST", "chats", """{"content":"x","client_tools":[{"name":"a","parameters":[]}]}""", 400, "invalid_field", "client_tools[0].parameters")]
    [InlineData("POST", "chats", """{"history":[]}""", 400, "invalid_field", "content")]
    [InlineData("POST", "chats", """{"history":[{"parts":[]}]}""", 400, "invalid_field", "history[0].role")]
    [InlineData("POST", "chats", """{"history":[{"role":"user"}]}""", 400, "invalid_field", "history[0].parts")]
    [InlineData("POST", "chats", """{"history":[{"role":"user","parts":[{"text":"x","type":"text"}]},{"role":"user","parts":[null]}]}""", 400, "invalid_field", "history[1].parts[0]")]
    [InlineData("POST", "chats", """{"history":[{"role":"user","parts":[{}]}]}""", 400, "invalid_json", null)]
    [InlineData("POST", "chats", """{"history":[null]}""", 400, "invalid_field", "history[0].role")]
    [InlineData("POST", "chats", """{"history":[{"role":"system","parts":[]}]}""", 400, "invalid_json", "history[0].role")]
    [InlineData("POST", "chats", """{"content":5}""", 400, "invalid_json", "content")]
    [InlineData("POST", "chats", """{"contnet":"x"}""", 400, "invalid_json", "contnet")]
    [InlineData("POST", "chats", """{"content":"x","content":"y"}""", 400, "invalid_json", "content")]
    [InlineData("POST", "chats", "{", 400, "invalid_json", null)]
    [InlineData("POST", "chats", "null", 400, "invalid_json", null)]
    [InlineData("POST", "chats", "", 400, "invalid_json", null)]
    [InlineData("POST", "chats/{id}/messages", """{"content":"x","busy_behavior":"panic"}""", 400, "invalid_json", "busy_behavior")]
    [InlineData("POST", "chats/{id}/messages", """{}""", 400, "invalid_field", "content")]
    [InlineData("PATCH", "chats/{id}/messages/99", """{"content":"x"}""", 404, "message_not_found", "message_id")]
    [InlineData("PATCH", "chats/{id}/messages/2", """{"content":"x"}""", 400, "not_a_user_message", "message_id")]
    [InlineData("PATCH", "chats/{id}/messages/one", """{"content":"x"}""", 400, "invalid_field", "message_id")]
    [InlineData("PATCH", "chats/{id}", """{"title":""}""", 400, "invalid_field", "title")]
    [InlineData("POST", "chats/{id}/interrupt", null, 409, "not_running", null)]
    [InlineData("POST", "chats/{id}/tool-results", """{"results":[{"call_id":"x","result":1}]}""", 409, "no_action_required", null)]
    [InlineData("POST", "chats/{id}/tool-results", """{"results":[{"call_id":"x"}]}""", 400, "invalid_field", "results[0].result")]
    [InlineData("DELETE", "chats/{id}/queue/1", null, 404, "queued_message_not_found", "queued_id")]
    [InlineData("POST", "chats/{id}/queue/x/promote", null, 400, "invalid_field", "queued_id")]
    [InlineData("GET", "chats?limit=0", null, 400, "invalid_field", "limit")]
    [InlineData("GET", "chats?cursor=%00", null, 400, "invalid_field", "cursor")]
    [InlineData("GET", "chats?archived=maybe", null, 400, "invalid_field", "archived")]
    [InlineData("GET", "chats/{id}/messages?after_id=-1", null, 400, "invalid_field", "after_id")]
    [InlineData("GET", "chats/{id}/messages?after_id=1&before_id=2", null, 400, "invalid_field", "before_id")]
    [InlineData("GET", "chats/{id}/stream?after_id=x", null, 400, "invalid_field", "after_id")]
    [InlineData("GET", "chats/{id}/stream?last_event_id=1.2.3", null, 400, "invalid_field", "last_event_id")]
    [InlineData("GET", "usage?from=2026-11-31", null, 400, "invalid_field", "from")]
    [InlineData("GET", "usage?to=today", null, 400, "invalid_field", "to")]
    [InlineData("GET", "usage?from=2026-11-02&to=2026-11-01", null, 400, "invalid_field", "from")]
    [InlineData("GET", "usage?from=2024-01-01&to=2025-01-01", null, 400, "invalid_field", "from")]
    [InlineData("GET", "usage?from=9999-12-31", null, 400, "invalid_field", "from")]
    [InlineData("GET", "chats/ffffffffffffffffffffffffffffffff", null, 404, "chat_not_found", null)]
    [InlineData("GET", "chats/nonsense/messages", null, 404, "chat_not_found", null)]
    public async Task Bad_input_is_refused_clearly(string method, string path, string? body, int status, string code, string? field)
    {
        var chat = await _server.CreateAsync();
        await _server.FollowAsync(chat, screen => screen.Status == "waiting" && screen.Ids.Count == 2);
        using var request = new HttpRequestMessage(new HttpMethod(method), path.Replace("{id}", chat, StringComparison.Ordinal));
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        using var response = await _server.Http.SendAsync(request);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((status, code), ((int)response.StatusCode, problem.GetProperty("code").GetString()));
        Assert.Equal(field, problem.TryGetProperty("field", out var named) ? named.GetString() : null);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(2, (await _server.ReadIdsAsync(chat)).Length);
    }

    [Fact]
    public async Task A_body_that_is_too_large_or_no_json_is_refused()
    {
        using var large = await _server.Http.PostAsJsonAsync("chats", new { content = new string('x', 2_000_000) });
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        using var long_message = await _server.Http.PostAsJsonAsync("chats", new { content = new string('x', 300_000) });
        Assert.Equal(HttpStatusCode.BadRequest, long_message.StatusCode);
        using var form = await _server.Http.PostAsync("chats", new StringContent("content=x", Encoding.UTF8, "application/x-www-form-urlencoded"));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, form.StatusCode);
    }

    [Theory]
    [InlineData("POST /api/v1/chats HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n{0}\r\nnonsense\r\n\r\n")]
    [InlineData("POST /api/v1/chats HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n{0}\r\n5\r\n{{}}toomuch\r\n0\r\n\r\n")]
    public async Task A_body_that_breaks_the_rules_of_http_is_the_clients_fault(string request)
    {
        var url = new Uri(_server.Url);
        using var client = new TcpClient(url.Host, url.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Format(System.Globalization.CultureInfo.InvariantCulture, request, $"Host: {url.Authority}\r\n")));
        using var reader = new StreamReader(stream);
        Assert.StartsWith("HTTP/1.1 400", await reader.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "chats", """{"content":"\ud800"}""")]
    [InlineData("POST", "chats", """{"\ud800":"x"}""")]
    [InlineData("POST", "chats", """{"content":"x","title":"\udc00"}""")]
    [InlineData("POST", "chats", """{"content":"x","client_tools":[{"name":"a","parameters":{"\ud800":1}}]}""")]
    [InlineData("POST", "chats", """{"content":"x","client_tools":[{"name":"a","parameters":{"x":"\ud800"}}]}""")]
    [InlineData("POST", "chats/{id}/messages", """{"content":"x","busy_behavior":"\ud800"}""")]
    [InlineData("POST", "chats/{id}/tool-results", """{"results":[{"call_id":"x","result":"\ud800"}]}""")]
    [InlineData("POST", "chats/{id}/tool-results", """{"results":[{"call_id":"x","result":{"\ud800":1}}]}""")]
    [InlineData("POST", "chats/{id}/tool-results", """{"results":[{"call_id":"x","result":["\ud800"]}]}""")]
    public async Task Half_a_surrogate_pair_is_refused(string method, string path, string body)
    {
        var chat = await _server.CreateAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path.Replace("{id}", chat, StringComparison.Ordinal)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using var response = await _server.Http.SendAsync(request);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_json"), (response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString()));
    }

    [Theory]
    [InlineData("chats?limit=5%00")]
    [InlineData("chats/{id}/messages?after_id=1%00")]
    [InlineData("chats/{id}/messages?before_id=99999999999999999999")]
    [InlineData("chats/{id}/messages?after_id=%EF%BC%91")]
    [InlineData("chats/{id}/messages?after_id=")]
    [InlineData("chats/{id}/messages?after_id=1&after_id=2")]
    [InlineData("chats/{id}/stream?after_id=1%00")]
    public async Task What_is_no_number_is_refused(string path)
    {
        var chat = await _server.CreateAsync();
        using var response = await _server.Http.GetAsync(path.Replace("{id}", chat, StringComparison.Ordinal), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("a\u0000b")]
    [InlineData("\u0001\u2028\u2029\u0085\r\n\r\ndata: x\n\nid: 9.9.9.9\n\n\ufeff\ufffe \U0001F600")]
    [InlineData("'\";--\\%_\\u0000</script>")]
    public async Task Any_text_comes_back_as_it_was(string content)
    {
        var chat = await _server.CreateAsync(content);
        var screen = await _server.FollowAsync(chat, shown => shown.Status == "waiting" && shown.Ids.Count == 2);
        Assert.Equal(content, screen.Texts[0]);
        Assert.Equal(content, (await _server.GetAsync($"chats/{chat}/messages")).GetProperty("messages")[0].GetProperty("parts")[0].GetProperty("text").GetString());
        Assert.Contains(chat, (await _server.GetAsync("chats")).GetProperty("chats").EnumerateArray().Select(listed => listed.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task The_queue_can_be_seen_changed_and_is_full_at_twenty()
    {
        var chat = await _server.CreateAsync(model: "stuck");
        for (var i = 1; i <= 20; i++)
        {
            Assert.Equal(i, (await _server.SendAsync(chat, $"queued {i}")).GetProperty("queued_id").GetInt32());
        }

        using var full = await _server.Http.PostAsJsonAsync($"chats/{chat}/messages", new { content = "one too many" });
        Assert.Equal(HttpStatusCode.Conflict, full.StatusCode);
        using var deleted = await _server.Http.DeleteAsync($"chats/{chat}/queue/1");
        Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
        using var promoted = await _server.Http.PostAsync($"chats/{chat}/queue/20/promote", null);
        Assert.Equal(HttpStatusCode.Accepted, promoted.StatusCode);
        var screen = await _server.FollowAsync(chat, shown => shown.Texts.Contains("queued 20"));
        Assert.Equal(["hello", "queued 20"], screen.Texts.Take(2));
    }

    [Fact]
    public async Task Chats_are_listed_renamed_archived_and_deleted()
    {
        var chats = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            chats.Add(await _server.CreateAsync($"chat {i}"));
            await _server.FollowAsync(chats[^1], screen => screen.Status == "waiting" && screen.Ids.Count == 2);
        }

        var listed = new List<string>();
        var cursor = string.Empty;
        while (cursor is not null)
        {
            var page = await _server.GetAsync($"chats?limit=2{cursor}");
            listed.AddRange(page.GetProperty("chats").EnumerateArray().Select(chat => chat.GetProperty("id").GetString()!));
            cursor = page.TryGetProperty("next_cursor", out var next) ? $"&cursor={next.GetString()}" : null;
        }

        Assert.Equal(Enumerable.Reverse(chats), listed);
        using var renamed = await _server.Http.PatchAsJsonAsync($"chats/{chats[0]}", new { title = "a better name", archived = true });
        var changed = await renamed.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(("a better name", true), (changed.GetProperty("title").GetString(), changed.GetProperty("archived").GetBoolean()));
        using var refused = await _server.Http.PostAsJsonAsync($"chats/{chats[0]}/messages", new { content = "x" });
        Assert.Contains("chat_archived", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var deleted = await _server.Http.DeleteAsync($"chats/{chats[1]}");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var gone = await _server.Http.GetAsync($"chats/{chats[1]}");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.Equal(3, (await _server.GetAsync("chats")).GetProperty("chats").GetArrayLength());
    }

    [Fact]
    public async Task History_pages_go_both_ways()
    {
        var chat = await _server.CreateAsync();
        for (var turn = 1; turn <= 3; turn++)
        {
            await _server.FollowAsync(chat, screen => screen.Status == "waiting" && screen.Ids.Count == 2 * turn);
            if (turn < 3)
            {
                await _server.SendAsync(chat, "more");
            }
        }

        var after = await _server.GetAsync($"chats/{chat}/messages?after_id=2&limit=3");
        Assert.Equal([3L, 4, 5], Ids(after));
        Assert.True(after.GetProperty("has_more").GetBoolean());
        var before = await _server.GetAsync($"chats/{chat}/messages?before_id=3&limit=3");
        Assert.Equal([1L, 2], Ids(before));
        Assert.False(before.GetProperty("has_more").GetBoolean());
        static long[] Ids(JsonElement page) => [.. page.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("id").GetInt64())];
    }

    [Theory]
    [InlineData("""{"color":"red"}""", """{"color":"red"}""")]
    [InlineData("null", "null")]
    public async Task A_client_side_tool_is_answered_over_http(string result, string told)
    {
        using var created = await _server.Http.PostAsJsonAsync("chats", new { content = "use pick_color please", client_tools = new[] { new { name = "pick_color", description = "Picks.", parameters = new { type = "object" } } } });
        var chat = (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        var screen = await _server.FollowAsync(chat, shown => shown.Status == "requires_action");
        var call = (await _server.GetAsync($"chats/{chat}")).GetProperty("pending_tool_calls")[0].GetProperty("call_id").GetString();
        using var body = new StringContent($$"""{"results":[{"call_id":"{{call}}","result":{{result}}}]}""", Encoding.UTF8, "application/json");
        using var answered = await _server.Http.PostAsync($"chats/{chat}/tool-results", body);
        Assert.Equal(HttpStatusCode.Accepted, answered.StatusCode);
        screen = await _server.FollowAsync(chat, shown => shown.Status == "waiting" && shown.Ids.Count == 4, screen);
        Assert.Contains(told, screen.Texts[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_description_of_the_api_names_every_route()
    {
        using var http = new HttpClient();
        var document = await http.GetFromJsonAsync<JsonElement>(new Uri($"{_server.Url}/openapi/v1.json"));
        var paths = document.GetProperty("paths").EnumerateObject().Select(path => path.Name).ToList();
        Assert.Contains("/api/v1/chats/{id}/stream", paths);
        Assert.Contains("/api/v1/ops/feeds", paths);
        Assert.Contains("/api/v1/ops/replicas", paths);
        Assert.Contains("/ai-sdk/chat/{id}/stream", paths);
        Assert.Equal(21, paths.Count);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri($"{_server.Url}/docs"))).StatusCode);
        Assert.Equal("ok", await http.GetStringAsync(new Uri($"{_server.Url}/healthz")));
        Assert.Equal("ready", await http.GetStringAsync(new Uri($"{_server.Url}/readyz")));
        Assert.Equal("demo", (await _server.GetAsync("models")).GetProperty("models")[0].GetProperty("name").GetString());
    }
}
