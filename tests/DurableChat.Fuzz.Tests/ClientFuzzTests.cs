using System.CommandLine.Invocation;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using DurableChat.Client;
using DurableChat.Providers.Tests.Cases;
using DurableChat.Server.Commands;
using DurableChat.Server.Terminal;
using Xunit;

namespace DurableChat.Fuzz.Tests;

/// <summary>
/// The .NET client and the commands, before servers, proxies, files and people that say something else than they
/// should.
/// </summary>
public sealed class ClientFuzzTests
{
    private const string Chat = "0123456789abcdef0123456789abcdef";
    private const string Message = """{"id":2,"previous_id":1,"role":"assistant","parts":[{"type":"text","text":"Hello ``` 😀"},{"type":"tool_call","call_id":"c","name":"clock","arguments":"{\"zone\":\"UTC\"}"},{"type":"tool_result","call_id":"c","result":"12:00","is_error":true},{"type":"source","url":"https://example.com","title":"t"},{"type":"file","media_type":"image/png","data":"AAAA"},{"type":"later","more":1}],"generation":1,"model":"demo","finish_reason":"length","usage":{"input_tokens":1,"output_tokens":2},"created_at":"2026-01-01T00:00:00Z","settings":{"temperature":0.5,"stop":["x"]}}""";
    private const string Summary = """{"id":"0123456789abcdef0123456789abcdef","title":"t","model":"demo","status":"waiting","archived":false,"version":3,"last_message_id":2,"created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}""";
    private const string Whole = """{"id":"0123456789abcdef0123456789abcdef","title":"t","model":"demo","status":"error","archived":false,"version":3,"epoch":1,"last_message_id":2,"queue":[{"id":1,"content":"c","urgent":false,"created_at":"2026-01-01T00:00:00Z"}],"pending_tool_calls":[{"call_id":"c","name":"n","arguments":"{}"}],"error":{"code":"c","message":"m","retryable":true},"usage":{"input_tokens":1,"output_tokens":2},"created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}""";
    private const string Problem = """{"type":"about:blank","title":"t","status":409,"detail":"d","code":"chat_busy","field":"content","retryable":true}""";

    private static readonly string _stream = string.Concat(new (string Type, string Id, string Data)[]
    {
        ("status", "", """{"chat_id":"0123456789abcdef0123456789abcdef","version":1,"status":"running","title":"t","model":"demo","archived":false}"""),
        ("message", "1.1.0.0", """{"message":{"id":1,"previous_id":0,"role":"user","parts":[{"type":"text","text":"hi"}],"generation":0,"created_at":"2026-01-01T00:00:00Z"}}"""),
        ("message_part", "1.1.1.1", """{"generation":1,"first_seq":1,"seq":1,"part":{"type":"text","text":"Hel"}}"""),
        ("message_part", "1.1.1.3", """{"generation":1,"first_seq":2,"seq":3,"part":{"type":"reasoning","text":"lo"}}"""),
        ("preview_reset", "1.1.1.0", """{"generation":1}"""),
        ("tool_progress", "", """{"call_id":"c","text":"1/2"}"""),
        ("retry", "", """{"version":2,"attempt":1,"max_attempts":3,"retry_at":"2026-01-01T00:00:00Z","error":{"code":"c","message":"m","retryable":true}}"""),
        ("queue_update", "", """{"version":2,"queue":[{"id":1,"content":"c","urgent":true,"created_at":"2026-01-01T00:00:00Z"}]}"""),
        ("action_required", "", """{"version":3,"tool_calls":[{"call_id":"c","name":"n","arguments":"{}"}]}"""),
        ("message", "1.2.0.0", $$"""{"message":{{Message}}}"""),
        ("history_reset", "2.0.0.0", """{"epoch":2}"""),
        ("error", "", """{"version":4,"error":{"code":"c","message":"m","retryable":false}}"""),
        ("chats", "", $$"""{"chats":[{{Summary}}]}"""),
        ("chat", "", $$"""{"chat":{{Summary}}}"""),
        ("chat_deleted", "", """{"chat_id":"0123456789abcdef0123456789abcdef"}"""),
    }.Select(one => $"{(one.Id.Length > 0 ? $"id: {one.Id}\n" : string.Empty)}event: {one.Type}\ndata: {one.Data}\n\n"));

    private static readonly string[] _answers =
    [
        Whole, Problem,
        $$"""{"chats":[{{Summary}}],"next_cursor":"x"}""",
        $$"""{"epoch":1,"last_message_id":2,"messages":[{{Message}}],"has_more":false}""",
        """{"chat_id":"c","version":1,"status":"running","message_id":1,"queued_id":2}""",
        """{"models":[{"name":"demo","description":"d","is_default":true,"allow":{"temperature":{"min":0,"max":1},"stop":true}}]}""",
    ];

    private static readonly string[] _lines =
    [
        "serve --urls http://127.0.0.1:0 --db chat.db --max-turns 5", "recorder --listen unix:/tmp/r.sock --keep 00:05:00", "backup --db chat.db out.db", "token --owner alice",
        "secret rotate", "chat --message hello --set temperature=0.5 --url http://127.0.0.1:8080 --token t", "models", "chats --limit 10 --archived", $"export {Chat} --format markdown",
        "import - --model demo", "completion bash", "scaletest --chats 5", "scaletest llm-mock --port 0", "[suggest:3] ser", "--version", "--help",
    ];

    private static readonly string[] _settings =
        ["temperature=0.5", "stop=[\"a\",\"b\"]", "stop=x", "max_output_tokens=10", "reasoning_effort=low", "response_format={\"type\":\"json_schema\",\"name\":\"n\",\"schema\":{}}", "tool_choice=auto", "seed=1"];

    [Fact]
    public async Task A_stream_is_followed_or_fails_in_a_known_way()
    {
        using var leaks = new Leaks();
        var good = Encoding.UTF8.GetBytes(_stream);
        await Fuzz.RunAsync("client: streams", 500, 40, async mangler =>
        {
            using var http = Client(mangler, () => mangler.MangleEvents(good), "text/event-stream");
            var client = new DurableChatClient(http, new DurableChatClientOptions { MaxOutage = TimeSpan.Zero });
            var events = 0;
            try
            {
                var stream = mangler.Chance(70) ? client.FollowAsync(Chat) : client.WatchAsync();
                await foreach (var next in stream)
                {
                    events++;
                }

                return "ended";
            }
            catch (DurableChatException exception)
            {
                Assert.InRange(events, 0, 1_000);
                return exception.Code.StartsWith("http_", StringComparison.Ordinal) ? "refused" : exception.Code is "bad_event" or "stream_lost" or "stream_gap" ? exception.Code : "refused in words";
            }
        });
        leaks.AssertNone();
    }

    [Fact]
    public async Task An_answer_is_read_or_fails_in_a_known_way()
    {
        using var leaks = new Leaks();
        await Fuzz.RunAsync("client: answers", 500, 30, async mangler =>
        {
            using var http = Client(mangler, () => mangler.Mangle(Encoding.UTF8.GetBytes(mangler.Pick(_answers))), "application/json");
            var client = new DurableChatClient(http, new DurableChatClientOptions { MaxAttempts = 1 });
            try
            {
                await (mangler.Next(6) switch
                {
                    0 => client.GetChatAsync(Chat),
                    1 => client.ListChatsAsync(),
                    2 => client.ReadAfterAsync(Chat),
                    3 => client.SendAsync(Chat, "hello"),
                    4 => client.DeleteChatAsync(Chat),
                    _ => (Task)client.ListModelsAsync(),
                });
                return "read";
            }
            catch (Exception exception) when (exception is DurableChatException or HttpRequestException)
            {
                return exception is DurableChatException { Code: "bad_response" } ? "bad_response" : "refused";
            }
        });
        leaks.AssertNone();
    }

    [Fact]
    public Task A_file_is_imported_or_refused() => Fuzz.RunAsync("client: exported files", 1_000, 30, mangler =>
    {
        var good = $$"""{"format":"durablechat-1","id":"{{Chat}}","title":"t","model":"demo","created_at":"2026-01-01T00:00:00Z","messages":[{{Message}}]}""";
        ChatExport? export;
        try
        {
            export = ImportCommand.Read(Encoding.UTF8.GetString(mangler.Mangle(Encoding.UTF8.GetBytes(good))));
        }
        catch (FormatException exception)
        {
            Assert.NotEmpty(exception.Message);
            return "refused";
        }

        ImportCommand.Request(export, null);
        Assert.DoesNotContain('\u001b', MarkdownExport.Write(export));
        return "read";
    });

    [Fact]
    public Task A_command_line_is_understood_or_explained()
    {
        var root = ProgramCommands.Create();
        return Fuzz.RunAsync("command lines", 500, 15, mangler =>
        {
            var words = mangler.Pick(_lines).Split(' ').Select(word => mangler.Chance(30) ? mangler.Mangle(word) : word).Where(word => !word.StartsWith('@')).ToList();
            if (mangler.Chance(20))
            {
                words.Insert(mangler.Next(words.Count + 1), mangler.Mangle(mangler.Pick(["--url", "--owner", "--db", "-h", "--", "serve"])));
            }

            var parsed = root.Parse(words);
            if (parsed.Action is not ParseErrorAction)
            {
                return "understood";
            }

            Assert.NotEmpty(CommandLineErrors.Describe(parsed));
            return "explained";
        });
    }

    [Fact]
    public Task A_typed_setting_is_understood_or_refused() => Fuzz.RunAsync("typed settings", 1_000, 25, mangler =>
    {
        try
        {
            var settings = SettingText.Read(Enumerable.Range(0, 1 + mangler.Next(2)).Select(_ => Mangled(mangler)));
            Assert.NotEmpty(SettingText.Write(settings));
            return "understood";
        }
        catch (FormatException exception)
        {
            Assert.NotEmpty(exception.Message);
            return "refused";
        }
    });

    private static string Mangled(Mangler mangler)
    {
        var good = mangler.Pick(_settings);
        var at = good.IndexOf('=', StringComparison.Ordinal) + 1;
        return mangler.Chance(20) ? mangler.Mangle(good)
            : good[..at] + Encoding.UTF8.GetString(mangler.Mangle(Encoding.UTF8.GetBytes(good[at..])));
    }

    private static HttpClient Client(Mangler mangler, Func<byte[]> body, string type) => new(new Answers(mangler, body, type)) { BaseAddress = new Uri("http://server.test/api/v1/") };

    private sealed class Answers(Mangler mangler, Func<byte[]> body, string type) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var isRefused = mangler.Chance(10);
            var bytes = isRefused && mangler.Chance(50) ? mangler.Mangle(Encoding.UTF8.GetBytes(Problem)) : body();
            var response = new HttpResponseMessage(isRefused ? (HttpStatusCode)(300 + mangler.Next(300)) : HttpStatusCode.OK)
            {
                Content = new StreamContent(new PiecewiseStream(bytes, mangler.Chance(30) ? 1 + mangler.Next(40) : int.MaxValue)),
            };
            response.Content.Headers.ContentType = new MediaTypeHeaderValue(mangler.Chance(97) ? type : "text/html");
            if (mangler.Chance(10))
            {
                response.Headers.TryAddWithoutValidation("Retry-After", mangler.Chance(50) ? mangler.Text() : mangler.Next(100).ToString(CultureInfo.InvariantCulture));
            }

            return Task.FromResult(response);
        }
    }
}
