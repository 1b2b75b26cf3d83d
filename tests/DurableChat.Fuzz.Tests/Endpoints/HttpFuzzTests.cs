using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace DurableChat.Fuzz.Tests;

/// <summary>Every endpoint, with bodies, paths, queries and headers that are a little or wholly wrong.</summary>
public sealed class HttpFuzzTests
{
    private static readonly string[] _bodies =
    [
        """{"content":"hello","model":"demo","title":"t","client_tools":[{"name":"clock","description":"d","parameters":{"type":"object"}}]}""",
        """{"title":"another","archived":false}""",
        """{"content":"hello","busy_behavior":"queue"}""",
        """{"content":"hello"}""",
        """{"results":[{"call_id":"c1","result":{"a":["x",1,null]},"is_error":false}]}""",
        """{"title":"h","history":[{"role":"user","parts":[{"type":"text","text":"q"}],"created_at":"2026-01-01T00:00:00Z","settings":{"temperature":1}},{"role":"assistant","parts":[{"type":"reasoning","text":"r"},{"type":"text","text":"a"},{"type":"tool_call","call_id":"c","name":"n","arguments":"{}"}],"model":"m","finish_reason":"tool_calls","usage":{"input_tokens":1,"output_tokens":2}},{"role":"tool","parts":[{"type":"tool_result","call_id":"c","result":"r","is_error":false}]},{"role":"assistant","parts":[{"type":"refusal","text":"no"},{"type":"source","url":"https://example.com","title":"t"},{"type":"provider_tool","name":"web_search","input":"i"},{"type":"file","media_type":"image/png","data":"AAAA"}],"finish_reason":"stop"}]}""",
        """{"content":"hello","settings":{"temperature":0.2,"top_p":1,"max_output_tokens":10,"stop":["x"],"seed":1,"reasoning_effort":"low","response_format":{"type":"json_schema","name":"n","schema":{"type":"object"}},"tool_choice":"auto"},"message_settings":{"temperature":0}}""",
        """{"model":"demo","settings":{"temperature":0.2}}""",
    ];

    [Fact]
    public async Task Bodies_are_understood_or_refused()
    {
        using var leaks = new Leaks();
        await using var server = await FuzzServer.StartAsync();
        var chat = await CreateAsync(server);
        var routes = new[] { ("POST", "/chats"), ("PATCH", $"/chats/{chat}"), ("POST", $"/chats/{chat}/messages"), ("PATCH", $"/chats/{chat}/messages/1"), ("POST", $"/chats/{chat}/tool-results"), ("POST", "/chats"), ("POST", "/chats"), ("PATCH", $"/chats/{chat}") };
        var encoded = _bodies.Select(Encoding.UTF8.GetBytes).ToArray();
        var version = await RestAsync(server, chat);
        await Fuzz.RunAsync("request bodies", 3_000, 40, async mangler =>
        {
            var at = mangler.Next(routes.Length);
            var body = mangler.Mangle(encoded[mangler.Chance(90) ? at : mangler.Next(encoded.Length)]);
            var (status, text) = await server.SendAsync(routes[at].Item1, routes[at].Item2, body: body);
            AssertProblem(status, text);

            // What was refused has changed nothing. What was accepted is let run to its end, so that the next refusals
            // have something to compare with.
            var isOfChat = routes[at].Item2 != "/chats";
            if (isOfChat && status < 300)
            {
                version = await RestAsync(server, chat);
            }
            else if (isOfChat && mangler.Chance(5))
            {
                Assert.Equal(version, await RestAsync(server, chat));
            }

            return status.ToString(CultureInfo.InvariantCulture);
        });
        await server.AssertAtRestAsync();
        leaks.AssertNone();
    }

    [Fact]
    public async Task Paths_queries_and_headers_are_understood_or_refused()
    {
        using var leaks = new Leaks();
        await using var server = await FuzzServer.StartAsync();
        var chat = await CreateAsync(server);
        var version = await RestAsync(server, chat);
        var cursor = Convert.ToBase64String(Encoding.ASCII.GetBytes($"638000000000000000.{chat}"));
        var ticket = await TicketAsync(server, chat);
        var routes = new (string Method, string Path, string Query)[]
        {
            ("GET", "/chats", $"?limit=10&cursor={cursor}&archived=all"), ("GET", $"/chats/{chat}", ""), ("GET", $"/chats/{chat}/messages", "?after_id=0&limit=10"), ("GET", $"/chats/{chat}/messages", "?before_id=9&limit=10"),
            ("GET", $"/chats/{chat}/stream", "?after_id=1"), ("GET", $"/chats/{chat}/stream", "?last_event_id=1.1.1.1"), ("GET", "/chats/watch", ""), ("DELETE", $"/chats/{chat}/queue/1", ""),
            ("POST", $"/chats/{chat}/queue/1/promote", ""), ("GET", "/models", ""), ("GET", "/ops/feeds", "?limit=10"), ("GET", $"/ops/feeds/{chat}", ""), ("GET", "/ops/replicas", ""),
            ("GET", "/usage", "?from=2026-01-01&to=2026-01-31"), ("POST", $"/chats/{chat}/interrupt", ""), ("DELETE", $"/chats/{new string('0', 32)}", ""),
            ("POST", $"/chats/{chat}/stream-ticket", ""), ("POST", "/chats/watch/stream-ticket", ""), ("GET", $"/chats/{chat}/stream", $"?ticket={ticket}"), ("GET", "/chats/watch", $"?ticket={ticket}"),
        };
        await Fuzz.RunAsync("paths, queries, headers", 3_000, 40, async mangler =>
        {
            var (method, path, query) = mangler.Pick(routes);
            var (status, text) = await server.SendAsync(
                method,
                mangler.Chance(30) ? "/" + string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(part => mangler.Chance(30) ? mangler.Mangle(part) : part)) : path,
                Mangle(query, mangler),
                change: request => Spoil(request, mangler));
            AssertProblem(status, text);
            return status.ToString(CultureInfo.InvariantCulture);
        });
        Assert.Equal(version, await RestAsync(server, chat));
        await server.AssertAtRestAsync();
        leaks.AssertNone();
    }

    [Fact]
    public async Task Idempotency_keys_are_understood_or_refused()
    {
        using var leaks = new Leaks();
        await using var server = await FuzzServer.StartAsync();
        var chat = await CreateAsync(server);
        var version = await RestAsync(server, chat);
        var body = Encoding.UTF8.GetBytes("""{"content":""}""");
        await Fuzz.RunAsync("idempotency keys", 1_000, 10, async mangler =>
        {
            var key = mangler.Mangle("0f8fad5b-d9cb-469f-a165-70867728950e");
            var (status, text) = await server.SendAsync("POST", mangler.Chance(50) ? "/chats" : $"/chats/{chat}/messages", body: body, change: request => request.Headers["Idempotency-Key"] = key);
            AssertProblem(status, text);
            return status.ToString(CultureInfo.InvariantCulture);
        });
        Assert.Equal(version, await RestAsync(server, chat));
        await server.AssertAtRestAsync();
        leaks.AssertNone();
    }

    /// <summary>A query whose values were changed, mostly.</summary>
    internal static string Mangle(string query, Mangler mangler) => mangler.Chance(70) && query.Length > 0
        ? "?" + string.Join('&', query[1..].Split('&').Select(pair => pair.Split('=', 2)).Select(pair => $"{pair[0]}={Uri.EscapeDataString(Replaced(mangler.Mangle(pair[1])))}"))
        : query;

    /// <summary>Gives a request headers that may be wrong.</summary>
    internal static void Spoil(HttpRequest request, Mangler mangler)
    {
        if (mangler.Chance(40))
        {
            request.Headers["Last-Event-ID"] = mangler.Mangle("1.2.3.4");
        }

        if (mangler.Chance(10))
        {
            request.Headers[mangler.Pick(["Authorization", "Origin", "Accept", "Content-Type", "Content-Length", "Upgrade", "Connection", "Cookie", "Transfer-Encoding", "Sec-WebSocket-Key"])] = mangler.Text();
        }
    }

    /// <summary>A query cannot carry half a character, and the library that escapes it refuses one.</summary>
    private static string Replaced(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>A refusal is problem details with a code; what has no endpoint, or no such method, has none.</summary>
    internal static void AssertProblem(int status, string text)
    {
        if (status is >= 400 and not (404 or 405))
        {
            Assert.True(text.Length > 0, $"A refusal with status {status} says nothing.");
            using var problem = JsonDocument.Parse(text);
            Assert.Equal(status, problem.RootElement.GetProperty("status").GetInt32());
        }
    }

    private static async Task<string> CreateAsync(FuzzServer server)
    {
        var (status, text) = await server.SendAsync("POST", "/chats", body: Encoding.UTF8.GetBytes("""{"content":"hello"}"""));
        Assert.Equal(201, status);
        using var chat = JsonDocument.Parse(text);
        return chat.RootElement.GetProperty("id").GetString()!;
    }

    private static async Task<string> TicketAsync(FuzzServer server, string chat)
    {
        using var ticket = JsonDocument.Parse((await server.SendAsync("POST", $"/chats/{chat}/stream-ticket")).Body);
        return ticket.RootElement.GetProperty("ticket").GetString()!;
    }

    /// <summary>Waits for the end of a chat's turn; gives its version.</summary>
    private static async Task<long> RestAsync(FuzzServer server, string chat)
    {
        while (true)
        {
            using var read = JsonDocument.Parse((await server.SendAsync("GET", $"/chats/{chat}")).Body);
            if (read.RootElement.GetProperty("status").GetString() is not ("running" or "interrupting"))
            {
                return read.RootElement.GetProperty("version").GetInt64();
            }

            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }
}
