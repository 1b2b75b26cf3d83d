using System.Net;
using System.Text.Json.Nodes;

namespace DurableChat.Providers.Tests.Chat;

/// <summary>
/// A fake of one provider of Chat Completions that refuses what the real one is documented or reported to refuse. It
/// makes each answer from the number of the request, and compares what comes back of its own answers with what it sent.
/// </summary>
internal sealed class StrictChatProvider(ChatFlavour flavour) : HttpMessageHandler
{
    private readonly Dictionary<string, JsonObject> _made = [];
    private int _requests;

    /// <summary>The bodies it took.</summary>
    public List<JsonObject> Bodies { get; } = [];

    /// <summary>How many calls an answer makes, by the number of the request; 0 for text.</summary>
    public Func<int, int> Calls { get; set; } = static _ => 0;

    /// <summary>The tool that it calls, and the arguments as JSON; null for the usual one.</summary>
    public (string Name, string Arguments)? Tool { get; init; }

    /// <summary>Whether tools must have answered with their arguments.</summary>
    public bool ChecksResults { get; set; } = true;

    /// <summary>Whether each thought is signed for this account.</summary>
    public string Account { get; set; } = "k";

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request,
        CancellationToken cancellationToken)
    {
        var text = await request.Content!.ReadAsStringAsync(cancellationToken);
        var body = JsonNode.Parse(text)!.AsObject();
        if (Complaint(body) is { } complaint)
        {
            return new HttpResponseMessage(HttpStatusCode.BadRequest)
            {
                Content =
                    new StringContent(
                        new JsonObject { ["error"] = new JsonObject { ["message"] = complaint } }.ToJsonString())
            };
        }

        Bodies.Add(body);
        return Chunks.Ok(Chunks.Events(Answer(++_requests, Calls(_requests))));
    }

    /// <summary>What the provider has against a request; null for nothing.</summary>
    private string? Complaint(JsonObject body)
    {
        var messages = body["messages"]!.AsArray().Select(message => message!.AsObject()).ToList();
        string[] known = ["model", "messages", "stream", "tools", .. flavour == ChatFlavour.Mistral ? []
            : (string[])["stream_options"], .. flavour == ChatFlavour.OpenAI ? (string[])["store"] : [],
            .. flavour is ChatFlavour.OpenAI or ChatFlavour.Kimi ? (string[])["prompt_cache_key"] : []];
        return body.Select(member => member.Key).Except(known).FirstOrDefault() is { } field
            ? $"Extra inputs are not permitted: {field}"
            : ComplaintOfOrder(messages)
            ?? messages.Where(message => (string?)message["role"] == "assistant").Select(ComplaintOf)
            .FirstOrDefault(complaint => complaint is not null);
    }

    private string? ComplaintOfOrder(List<JsonObject> messages)
    {
        Dictionary<string, string> open = [];
        for (var i = 0; i < messages.Count; i++)
        {
            var (role, before) = ((string)messages[i]["role"]!, i == 0 ? "" : (string)messages[i - 1]["role"]!);
            if (role == "tool")
            {
                // The tools of most of these chats answer with their arguments.
                if (!open.Remove((string)messages[i]["tool_call_id"]!, out var arguments)
                    || (ChecksResults && (string)messages[i]["content"]! != arguments))
                {
                    return "A message with role 'tool' must follow its call.";
                }

                continue;
            }

            if (open.Count > 0)
            {
                return "tool_call_ids did not have response messages";
            }

            open = (messages[i]["tool_calls"] as JsonArray ?? [])
                .ToDictionary(call => (string)call!["id"]!, call => (string)call!["function"]!["arguments"]!);
            if (IsStrictOnRoles && ((role == "system" && i > 0) || (role == "user" && before is "user" or "tool")))
            {
                return $"Unexpected role '{role}' after role '{before}'";
            }

            if (flavour == ChatFlavour.Mistral
                && open.Keys.Any(id => id.Length != 9 || !id.All(char.IsAsciiLetterOrDigit)))
            {
                return "Tool call id must be a-z, A-Z, 0-9, with a length of 9.";
            }

            if (flavour == ChatFlavour.OpenAI && open.Keys.Any(id => id.Length > 40))
            {
                return "string too long. Expected a string with maximum length 40";
            }
        }

        return open.Count > 0 ? "tool_call_ids did not have response messages" : null;
    }

    private bool IsStrictOnRoles => flavour is ChatFlavour.Mistral or ChatFlavour.Vllm or ChatFlavour.LMStudio;

    private string? ComplaintOf(JsonObject answer)
    {
        var calls = answer["tool_calls"] as JsonArray;
        var thought = Sign(answer);
        if (thought.Length > 0 && _made.TryGetValue(thought, out var made) && !Same(made, answer))
        {
            return $"Thoughts of the latest assistant message cannot be modified: {answer.ToJsonString()} was {made.ToJsonString()}";
        }

        if (thought.Contains("account", StringComparison.Ordinal)
            && !thought.Contains($"account-{Account}", StringComparison.Ordinal))
        {
            return "Thought signature is not valid";
        }

        return flavour switch
        {
            ChatFlavour.DeepSeek when answer["reasoning_content"] is null =>
                "The `reasoning_content` in the thinking mode must be passed back to the API.",
            ChatFlavour.Kimi when calls is not null && string.IsNullOrEmpty((string?)answer["reasoning_content"]) =>
                "thinking is enabled but reasoning_content is missing in assistant tool call message",
            ChatFlavour.Gemini when calls is not null
                && calls[0]!["extra_content"]?["google"]?["thought_signature"] is null =>
                    "Function call is missing a thought_signature in functionCall parts.",
            ChatFlavour.OpenRouter when calls is not null && answer["reasoning_details"] is null =>
                "Gemini models require OpenRouter reasoning details to be preserved in each request.",
            ChatFlavour.OpenAI when answer.Any(member => member.Key is not ("role" or "content" or "tool_calls")) =>
                "Unknown parameter: 'messages[1].reasoning'.",
            _ => null,
        };
    }

    /// <summary>
    /// What marks an answer as one of the provider's own: its thought, which has a number and an account.
    /// </summary>
    private static string Sign(JsonObject answer) =>
        string.Concat(answer["reasoning_content"]?.ToJsonString(), answer["reasoning"]?.ToJsonString(),
            answer["reasoning_details"]?.ToJsonString(), answer["tool_calls"]?[0]?["extra_content"]?.ToJsonString());

    private static bool Same(JsonObject made, JsonObject answer) =>
        made.All(member => JsonNode.DeepEquals(member.Value, answer[member.Key]));

    private IEnumerable<string> Answer(int number, int calls)
    {
        var thought = $"thought {number} account-{Account}";
        var answer = new JsonObject();
        switch (flavour)
        {
            case ChatFlavour.DeepSeek or ChatFlavour.Kimi:
                answer["reasoning_content"] = thought;
                break;
            case ChatFlavour.OpenRouter:
                answer["reasoning_details"] = new JsonArray(
                    new JsonObject
                    {
                        ["type"] = "reasoning.text",
                        ["text"] = thought,
                        ["signature"] = "c2ln",
                        ["format"] = "google-gemini-v1",
                        ["index"] = 0,
                        ["later"] = 1
                    },
                    new JsonObject { ["type"] = "reasoning.encrypted", ["data"] = "b3BhcXVl", ["index"] = 0 });
                break;
            case ChatFlavour.Mistral:
                answer["content"] =
                    new JsonArray(new JsonObject
                    {
                        ["type"] = "thinking",
                        ["thinking"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = thought })
                    });
                break;
            case ChatFlavour.Vllm or ChatFlavour.Ollama or ChatFlavour.LMStudio or ChatFlavour.Groq:
                answer["reasoning"] = thought;
                break;
        }

        if (calls > 0)
        {
            answer["tool_calls"] =
                new JsonArray([.. Enumerable.Range(0, calls).Select(i => (JsonNode)CallOf(number, i, thought))]);
        }
        else if (answer["content"] is JsonArray blocks)
        {
            blocks.Add((JsonNode)new JsonObject { ["type"] = "text", ["text"] = $"Answer {number}." });
        }
        else
        {
            answer["content"] = $"Answer {number}.";
        }

        _made[Sign(answer)] = answer.DeepClone().AsObject();
        return [.. answer.SelectMany(PiecesOf), Chunks.Delta("{}", calls > 0 ? "tool_calls" : "stop"), Usage(), "[DONE]"];
    }

    /// <summary>
    /// What each answer costs: 12 tokens of input, 4 of them cached, and 7 of output, 3 of them thought. Each provider
    /// says it in its own words.
    /// </summary>
    private string Usage() => flavour switch
    {
        ChatFlavour.DeepSeek => """{"choices":[],"usage":{"prompt_tokens":12,"prompt_cache_hit_tokens":4,"completion_tokens":7,"completion_tokens_details":{"reasoning_tokens":3}}}""",
        ChatFlavour.Kimi => """{"choices":[{"index":0,"delta":{},"usage":{"prompt_tokens":12,"cached_tokens":4,"completion_tokens":7}}]}""",
        ChatFlavour.Gemini => """{"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":4,"total_tokens":19}}""",
        ChatFlavour.Groq => """{"choices":[],"x_groq":{"usage":{"prompt_tokens":12,"completion_tokens":7}}}""",
        ChatFlavour.OpenRouter => """{"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":3},"cost":0.0123}}""",
        ChatFlavour.OpenAI => """{"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":4}}}""",
        _ => """{"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":7,"total_tokens":19}}""",
    };

    private JsonObject CallOf(int number, int place, string thought)
    {
        var call = new JsonObject
        {
            ["id"] = flavour == ChatFlavour.Mistral ? $"call{number:000}{place:00}" : $"call_{number}_{place}",
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = Tool?.Name ?? "clock", ["arguments"] = Tool?.Arguments ?? $$"""{"zone":  "{{place}}"}""" },
        };
        if (flavour == ChatFlavour.Gemini && place == 0)
        {
            call["extra_content"] = new JsonObject { ["google"] = new JsonObject { ["thought_signature"] = thought } };
        }

        return call;
    }

    /// <summary>Texts come in two pieces, lists item by item; Ollama numbers all calls 0, Gemini none.</summary>
    private IEnumerable<string> PiecesOf(KeyValuePair<string, JsonNode?> member)
    {
        if (member.Value is not JsonArray items)
        {
            var text = (string)member.Value!;
            return [Piece(member.Key, text[..3]), Piece(member.Key, text[3..])];
        }

        return items.Select((item, place) =>
        {
            var piece = item!.DeepClone().AsObject();
            if (member.Key == "tool_calls" && flavour != ChatFlavour.Gemini)
            {
                piece["index"] = flavour == ChatFlavour.Ollama ? 0 : place;
            }

            return Piece(member.Key, new JsonArray(piece));
        });
    }

    private static string Piece(string name, JsonNode value) =>
        Chunks.Delta(new JsonObject { [name] = value }.ToJsonString());
}
