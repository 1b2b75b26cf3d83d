using System.Globalization;
using System.Text;
using System.Text.Json;
using DurableChat.AspNetCore.AiSdk;
using DurableChat.AspNetCore.Bodies;
using Xunit;

namespace DurableChat.Fuzz.Tests;

/// <summary>
/// The endpoints for clients of the AI SDK. Whatever is posted is refused, or answered by a stream that ends.
/// </summary>
public sealed class AiSdkFuzzTests
{
    private const string Root = "/ai-sdk/chat";

    /// <summary>How many cases share a chat, so that its history stays short.</summary>
    private const int CasesPerChat = 100;

    private static readonly string[] _bodies =
    [
        """{"id":"CHAT","messages":[{"id":"m1","role":"user","parts":[{"type":"text","text":"hello"}]}],"trigger":"submit-message"}""",
        """{"id":"CHAT","messages":[{"id":"m2","role":"user","parts":[{"type":"text","text":"what is on the clock?"},{"type":"data-x","data":{"a":[1]}}]}],"trigger":"submit-message","model":"demo","title":"t","client_tools":[{"name":"clock","description":"d","parameters":{"type":"object"}}],"busy_behavior":"interrupt","settings":{"temperature":0.5,"stop":["x"]}}""",
        """{"id":"CHAT","messages":[{"id":"msg_1","role":"user","parts":[{"type":"text","text":"hello"}]},{"id":"turn_1","role":"assistant","metadata":{"a":1},"parts":[{"type":"step-start"},{"type":"text","text":"Hi","state":"done"}]},{"id":"m3","role":"user","parts":[{"type":"text","text":"and now?"}]}],"trigger":"submit-message"}""",
        """{"id":"CHAT","messages":[{"id":"msg_1","role":"user","parts":[{"type":"text","text":"hello"}]},{"id":"turn_1","role":"assistant","parts":[{"type":"text","text":"Hi"}]},{"id":"msg_1","role":"user","parts":[{"type":"text","text":"hello"}]}],"trigger":"regenerate-message","messageId":"turn_1"}""",
        """{"id":"CHAT","messages":[{"id":"msg_1","role":"user","parts":[{"type":"text","text":"another"}]}],"trigger":"submit-message","messageId":"msg_1"}""",
        """{"id":"CHAT","messages":[{"id":"msg_1","role":"user","parts":[{"type":"text","text":"hello"}]},{"id":"turn_1","role":"assistant","parts":[{"type":"tool-clock","toolCallId":"c1","state":"output-available","input":{},"output":{"now":[12,null,"x"]}},{"type":"dynamic-tool","toolCallId":"c2","state":"output-error","errorText":"no"}]}],"trigger":"submit-message"}""",
    ];

    [Fact]
    public async Task What_useChat_posts_is_refused_or_answered_by_a_stream_that_ends()
    {
        using var leaks = new Leaks();
        await using var server = await FuzzServer.StartAsync();
        var number = 0;
        await Fuzz.RunAsync("AI SDK: requests", 400, 50, async mangler =>
        {
            var chat = $"fuzz-{number++ / CasesPerChat}";
            var good = Encoding.UTF8.GetBytes(mangler.Pick(_bodies).Replace("CHAT", chat, StringComparison.Ordinal));
            var body = mangler.Chance(10) ? good : mangler.Mangle(good);
            var (status, text) = await server.SendAsync("POST", string.Empty, body: body, prefix: Root, readsStream: true);
            if (status == 200)
            {
                AssertStream(text);
                return mangler.Chance(10) ? await ReadHistoryAsync(server, chat) : "200";
            }

            HttpFuzzTests.AssertProblem(status, text);
            return status.ToString(CultureInfo.InvariantCulture);
        });
        await server.AssertAtRestAsync();
        leaks.AssertNone();
    }

    [Fact]
    public async Task Names_of_chats_and_queries_are_understood_or_refused()
    {
        using var leaks = new Leaks();
        await using var server = await FuzzServer.StartAsync();
        var body = Encoding.UTF8.GetBytes(_bodies[0]);
        Assert.Equal(200, (await server.SendAsync("POST", string.Empty, body: body, prefix: Root, readsStream: true)).Status);
        (string Method, string Last, string Query)[] routes =
        [
            ("GET", "messages", "?limit=10&before_id=9"), ("GET", "messages", ""), ("GET", "stream", ""), ("POST", "stop", ""),
        ];
        await Fuzz.RunAsync("AI SDK: paths and queries", 400, 30, async mangler =>
        {
            var (method, last, query) = mangler.Pick(routes);
            var name = mangler.Chance(50) ? "CHAT" : mangler.Mangle("CHAT");
            var (status, text) = await server.SendAsync(
                method,
                $"/{name}/{(mangler.Chance(95) ? last : mangler.Mangle(last))}",
                HttpFuzzTests.Mangle(query, mangler),
                change: request => HttpFuzzTests.Spoil(request, mangler),
                prefix: Root,
                readsStream: true);
            HttpFuzzTests.AssertProblem(status, text);
            return status.ToString(CultureInfo.InvariantCulture);
        });
        await server.AssertAtRestAsync();
        leaks.AssertNone();
    }

    [Fact]
    public Task Values_of_tools_are_written_as_JSON_on_one_line() => Fuzz.RunAsync("AI SDK: values of tools", 3_000, 25, mangler =>
    {
        var text = Encoding.UTF8.GetString(mangler.Mangle("""{"now":[12,null,"x\n"],"a b":{"c":true}}"""u8.ToArray()));
        using var written = new MemoryStream();
        using (var json = new Utf8JsonWriter(written))
        {
            ToolValue.Write(json, text);
        }

        Assert.False(written.ToArray().AsSpan().ContainsAny((byte)'\n', (byte)'\r'));
        using var read = JsonDocument.Parse(written.ToArray());

        // The client sends it back with its history, which is refused if there is half a character in it.
        Assert.False(JsonShape.Of(written.ToArray(), 256, int.MaxValue).HasHalfCharacters);
        ToolValue.Read(read.RootElement);
        return read.RootElement.ValueKind == JsonValueKind.String ? "text" : "JSON";
    });

    /// <summary>Every line is an event whose data is JSON, and the last says that it is the last.</summary>
    private static void AssertStream(string text)
    {
        var events = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("data: [DONE]", events[^1]);
        foreach (var one in events[..^1].Where(one => !one.StartsWith(':')))
        {
            Assert.StartsWith("data: ", one, StringComparison.Ordinal);
            using var json = JsonDocument.Parse(one["data: ".Length..]);
        }
    }

    private static async Task<string> ReadHistoryAsync(FuzzServer server, string chat)
    {
        var (status, text) = await server.SendAsync("GET", $"/{chat}/messages", prefix: Root);
        Assert.Equal(200, status);
        using var history = JsonDocument.Parse(text);
        Assert.Equal(JsonValueKind.Array, history.RootElement.GetProperty("messages").ValueKind);
        return "200, with its history";
    }
}
