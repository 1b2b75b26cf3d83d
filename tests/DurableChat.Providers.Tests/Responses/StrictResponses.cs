using System.Text.Json.Nodes;
using DurableChat.Providers.Tests.Talks;

namespace DurableChat.Providers.Tests.Responses;

/// <summary>
/// OpenAI's Responses API without its store: items come back as they went out, reasoning with what follows it, for the
/// same model and account.
/// </summary>
internal sealed class StrictResponses : StrictProvider
{
    private readonly Dictionary<string, (string Reader, List<JsonObject> Output, int Place)> _issued = [];

    public override bool BindsPrefix => false;

    public override int ThoughtsSent => Input(Requests[^1]).Count(item => (string?)item["type"] == "reasoning");

    public override IEnumerable<string> PromptOf(JsonObject request) =>
        [Write(request["tools"]!), (string?)request["instructions"] ?? "", .. Input(request).Select(Write)];

    protected override string AccountOf(HttpRequestMessage request) => request.Headers.Authorization!.ToString();

    protected override IEnumerable<JsonObject> Answer(JsonObject request, string account, string[] words)
    {
        DemandKnown(request, "model", "input", "instructions", "tools", "include", "reasoning", "store", "stream", "prompt_cache_key");
        Demand((bool?)request["store"] == false && (bool?)request["stream"] == true, "store, stream");
        Demand(request["include"]!.AsArray().Any(each => (string?)each == "reasoning.encrypted_content"), "include");
        Demand((string?)request["reasoning"]?["summary"] == "auto", "summary");
        var reader = $"{request["model"]} {account}";
        Check(Input(request), reader);
        var output = words.Select(word => Item(word, Number())).ToList();
        for (var place = 0; place < output.Count; place++)
        {
            _issued[(string)output[place]["id"]!] = (reader, output, place);
        }

        return Events(output);
    }

    private static List<JsonObject> Input(JsonObject request) => [.. request["input"]!.AsArray().Select(item => item!.AsObject())];

    private void Check(List<JsonObject> input, string reader)
    {
        var (open, known) = (new HashSet<string>(), new HashSet<string>());
        for (var place = 0; place < input.Count; place++)
        {
            var item = input[place];
            var callId = (string?)item["call_id"] ?? "";
            switch ((string?)item["type"])
            {
                case "message":
                    Demand(open.Count == 0, $"No tool output found for function call {open.FirstOrDefault()}.");
                    Demand(!string.IsNullOrEmpty(item["content"]!.ToString()), "content must not be empty");
                    Demand((string?)item["role"] is "user" or "assistant" or "developer", "role");
                    break;
                case "function_call":
                    Demand(callId.Length is > 0 and <= 64, "call_id: string too long");
                    Demand(known.Add(callId), "call_id: duplicate");
                    open.Add(callId);
                    break;
                case "function_call_output":
                    Demand(open.Remove(callId), $"No tool call found for function call output with call_id {callId}.");
                    break;
            }

            if ((string?)item["id"] is { } id)
            {
                CheckIssued(input, place, id, reader);
            }
        }

        Demand(open.Count == 0, $"No tool output found for function call {open.FirstOrDefault()}.");
    }

    private void CheckIssued(List<JsonObject> input, int place, string id, string reader)
    {
        Demand(_issued.ContainsKey(id), $"Item with id '{id}' not found.");
        var (maker, output, at) = _issued[id];
        Demand(maker == reader, "invalid_encrypted_content: The encrypted content could not be verified.");
        Demand(Write(output[at]) == Write(input[place]), $"Item '{id}' is not as it was.");
        if (at > 0)
        {
            Demand(place > 0 && (string?)input[place - 1]["id"] == (string?)output[at - 1]["id"], $"Item '{id}' was provided without its required 'reasoning' item.");
        }

        if ((string?)input[place]["type"] == "reasoning")
        {
            var isFollowed = place + 1 < input.Count && (string?)input[place + 1]["id"] == (string?)output[at + 1]["id"];
            Demand(isFollowed, $"Item '{id}' of type 'reasoning' was provided without its required following item.");
        }
    }

    private JsonObject Item(string word, int number) => JsonNode.Parse(word switch
    {
        "think" => $$"""
            {"id":"rs_{{number}}","type":"reasoning","summary":[{"type":"summary_text","text":"Hm \u00fc."}],
            "encrypted_content":"e{{number}}/+=="}
            """,
        "call" when Tool is { } tool => $$"""
            {"id":"fc_{{number}}","type":"function_call","status":"completed","call_id":"call_{{number}}","name":"{{tool.Name}}",
            "arguments":{{JsonValue.Create(tool.Arguments).ToJsonString()}}}
            """,
        "call" => $$"""
            {"id":"fc_{{number}}","type":"function_call","status":"completed","call_id":"call_{{number}}","name":"current_time",
            "arguments":"{\"time_zone\": \"Z\u00fcrich\"}"}
            """,
        _ => $$"""
            {"id":"msg_{{number}}","type":"message","status":"completed","role":"assistant","phase":"commentary",
            "content":[{"type":"output_text","text":"Text {{number}}. ","annotations":[]}]}
            """,
    })!.AsObject();

    private static IEnumerable<JsonObject> Events(List<JsonObject> output)
    {
        for (var index = 0; index < output.Count; index++)
        {
            yield return new JsonObject { ["type"] = "response.output_item.done", ["output_index"] = index, ["item"] = output[index].DeepClone() };
        }

        yield return new JsonObject
        {
            ["type"] = "response.completed",
            ["response"] = new JsonObject
            {
                ["object"] = "response",
                ["status"] = "completed",
                ["output"] = new JsonArray([.. output.Select(item => item.DeepClone())]),
                ["usage"] = JsonNode.Parse("""
                    {"input_tokens":12,"input_tokens_details":{"cached_tokens":4},"output_tokens":7,"output_tokens_details":{"reasoning_tokens":3},"total_tokens":19}
                    """),
            },
        };
    }
}
