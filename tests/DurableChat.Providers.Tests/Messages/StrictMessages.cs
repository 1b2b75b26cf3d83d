using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DurableChat.Providers.Tests.Talks;

namespace DurableChat.Providers.Tests.Messages;

/// <summary>
/// Anthropic's Messages API: thought comes back as it went out, for the same model and account, behind the same
/// conversation, and without
/// gaps.
/// </summary>
internal sealed partial class StrictMessages : StrictProvider
{
    private readonly Dictionary<string, (string Reader, string Block, string Prefix, string[] Before)> _issued = [];

    public override bool BindsPrefix => true;

    public override int ThoughtsSent => Blocks(Requests[^1]).Count(block => IsThinking(block.Block));

    public override IEnumerable<string> PromptOf(JsonObject request) => [.. Head(request), .. Blocks(request).Select(Line)];

    protected override string AccountOf(HttpRequestMessage request)
    {
        Demand(request.Headers.GetValues("anthropic-version").Single() == "2023-06-01", "anthropic-version: header is required");
        return request.Headers.GetValues("x-api-key").Single();
    }

    protected override IEnumerable<JsonObject> Answer(JsonObject request, string account, string[] words)
    {
        DemandKnown(request, "model", "max_tokens", "messages", "system", "tools", "tool_choice", "thinking", "output_config", "stream");
        Demand((int?)request["max_tokens"] > 0 && (bool?)request["stream"] == true, "max_tokens, stream");
        Demand(CountMarks(request) <= 4, "A maximum of 4 blocks with cache_control may be provided.");
        var messages = request["messages"]!.AsArray().Select(message => message!.AsObject()).ToList();
        CheckForm(messages);
        CheckCalls(messages);
        Demand(
            request["tools"] is not null || Blocks(request).All(block => (string?)block.Block["type"] is not ("tool_use" or "tool_result")),
            "Requests which have `tool_use` or `tool_result` blocks in messages must define tools.");
        var reader = $"{request["model"]} {account}";
        CheckThought(request, reader);
        var before = Blocks(request).Where(block => IsThinking(block.Block)).Select(block => (string)block.Block["signature"]!).ToArray();
        return Events([.. words.Select(word => Block(word, Number(), (string?)request["thinking"]?["display"] == "summarized"))], reader, request, before);
    }

    [GeneratedRegex("^[a-zA-Z0-9_-]+$")]
    private static partial Regex CallId { get; }

    private static void CheckForm(List<JsonObject> messages)
    {
        var ids = new HashSet<string>();
        for (var place = 0; place < messages.Count; place++)
        {
            var blocks = messages[place]["content"]!.AsArray().Select(block => block!.AsObject()).ToList();
            Demand((string?)messages[place]["role"] == (place % 2 == 0 ? "user" : "assistant"), "messages: roles must alternate");
            Demand(blocks.Count > 0, "messages: content must not be empty");
            Demand(!IsThinking(blocks[^1]), "The final block in an assistant message cannot be `thinking`.");
            foreach (var block in blocks)
            {
                var isText = (string?)block["type"] == "text";
                Demand(!isText || !string.IsNullOrWhiteSpace((string?)block["text"]), "text content blocks must contain non-whitespace text");
                Demand((bool?)block["is_error"] != true || (string?)block["content"] != "", "content cannot be empty if `is_error` is true");
                Demand(!IsThinking(block) || block["cache_control"] is null, "cache_control: Extra inputs are not permitted");
                if ((string?)block["type"] == "tool_use")
                {
                    Demand(CallId.IsMatch((string)block["id"]!), "tool_use.id: String should match pattern");
                    Demand(ids.Add((string)block["id"]!), "`tool_use` ids must be unique");
                }
            }
        }

        Demand((string?)messages[^1]["role"] == "user", "This model does not support assistant message prefill.");
    }

    private static void CheckCalls(List<JsonObject> messages)
    {
        List<string> open = [];
        foreach (var message in messages)
        {
            var blocks = message["content"]!.AsArray().Select(block => block!.AsObject()).ToList();
            var results = blocks.TakeWhile(block => (string?)block["type"] == "tool_result").Select(block => (string)block["tool_use_id"]!).ToList();
            Demand(results.SequenceEqual(open), "`tool_use` ids were found without `tool_result` blocks immediately after");
            Demand(blocks.Skip(results.Count).All(block => (string?)block["type"] != "tool_result"), "unexpected `tool_result`");
            open = [.. blocks.Where(block => (string?)block["type"] == "tool_use").Select(block => (string)block["id"]!)];
        }
    }

    private void CheckThought(JsonObject request, string reader)
    {
        var (prefix, before) = (Head(request).ToList(), new List<string>());
        foreach (var (role, block) in Blocks(request))
        {
            if (!IsThinking(block))
            {
                prefix.Add(Line((role, block)));
                continue;
            }

            var signature = (string)block["signature"]!;
            Demand(_issued.ContainsKey(signature), "Invalid `signature` in `thinking` block.");
            var issued = _issued[signature];
            Demand(issued.Reader == reader && issued.Block == Write(block), "Invalid `signature` in `thinking` block.");
            Demand(issued.Prefix == string.Join('\n', prefix), "The block is bound to a different conversation.");

            // Thought may be left out from the beginning, not from the middle.
            Demand(issued.Before.TakeLast(before.Count).SequenceEqual(before), "The block is bound to a different conversation (gap).");
            before.Add(signature);
        }
    }

    private IEnumerable<JsonObject> Events(List<JsonObject> blocks, string reader, JsonObject request, string[] before)
    {
        var (prefix, thoughts) = (PromptWithoutThought(request), before.ToList());
        yield return new JsonObject { ["type"] = "message_start", ["message"] = new JsonObject { ["usage"] = new JsonObject { ["input_tokens"] = 8, ["cache_read_input_tokens"] = 4, ["output_tokens"] = 1 } } };
        for (var index = 0; index < blocks.Count; index++)
        {
            var block = blocks[index];
            if (IsThinking(block))
            {
                _issued[(string)block["signature"]!] = (reader, Write(block), string.Join('\n', prefix), [.. thoughts]);
                thoughts.Add((string)block["signature"]!);
            }
            else
            {
                prefix.Add(Line(("assistant", block)));
            }

            yield return new JsonObject { ["type"] = "content_block_start", ["index"] = index, ["content_block"] = block.DeepClone() };
            yield return new JsonObject { ["type"] = "content_block_stop", ["index"] = index };
        }

        yield return new JsonObject
        {
            ["type"] = "message_delta",
            ["delta"] = new JsonObject { ["stop_reason"] = "end_turn" },
            ["usage"] = new JsonObject { ["output_tokens"] = 7, ["output_tokens_details"] = new JsonObject { ["thinking_tokens"] = 3 } },
        };
        yield return new JsonObject { ["type"] = "message_stop" };
    }

    private static List<string> PromptWithoutThought(JsonObject request) =>
        [.. Head(request), .. Blocks(request).Where(block => !IsThinking(block.Block)).Select(Line)];

    private static string[] Head(JsonObject request) => [Bare(request["system"]!), request["tools"] is { } tools ? Bare(tools) : ""];

    private static string Line((string Role, JsonObject Block) block) => $"{block.Role} {Bare(block.Block)}";

    private static IEnumerable<(string Role, JsonObject Block)> Blocks(JsonObject request) => request["messages"]!.AsArray()
        .SelectMany(message => message!["content"]!.AsArray().Select(block => ((string)message["role"]!, block!.AsObject())));

    private static bool IsThinking(JsonObject block) => (string?)block["type"] is "thinking" or "redacted_thinking";

    private static int CountMarks(JsonNode node) => Write(node).Split("\"cache_control\"").Length - 1;

    private static string Bare(JsonNode node) => Write(node).Replace(",\"cache_control\":{\"type\":\"ephemeral\"}", "", StringComparison.Ordinal);

    private JsonObject Block(string word, int number, bool shows) => JsonNode.Parse(word switch
    {
        "think" => $$"""{"type":"thinking","thinking":"{{(shows ? "Hm." : "")}}","signature":"s{{number}}+/="}""",
        "call" when Tool is { } tool => $$"""{"type":"tool_use","id":"toolu_{{number}}","name":"{{tool.Name}}","input":{{tool.Arguments}}}""",
        "call" => $$$"""{"type":"tool_use","id":"toolu_{{{number}}}","name":"current_time","input":{"time_zone": "Z\u00fcrich"}}""",
        _ => $$"""{"type":"text","text":"Text {{number}} ü\n"}""",
    })!.AsObject();
}
