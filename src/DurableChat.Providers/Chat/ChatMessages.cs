using System.Text.Json.Nodes;
using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Providers.Http;

namespace DurableChat.Providers.Chat;

/// <summary>Writes a prompt as Chat Completions messages. For one request; not thread-safe.</summary>
/// <param name="rules">The server's requirements.</param>
/// <param name="provider">The provider, whose replays are sent back.</param>
/// <param name="request">The request.</param>
internal sealed class ChatMessages(ChatRules rules, Provider provider, ModelRequest request)
{
    /// <summary>Mistral requires an answer between tool results and the next user message.</summary>
    private const string Bridge = "OK.";

    private readonly JsonArray _messages = [];

    /// <summary>The call ids of the last answer, as they were sent.</summary>
    private IReadOnlyList<string> _callIds = [];

    /// <summary>Writes the messages.</summary>
    public JsonArray Write()
    {
        foreach (var item in request.Prompt)
        {
            switch (item)
            {
                case SystemItem system:
                    Add("system", system.Text);
                    break;
                case InstructionItem instruction when rules.IsStrictOnRoles:
                    AddUser(instruction.Text);
                    break;
                case InstructionItem instruction:
                    Add("system", instruction.Text);
                    break;
                case UserItem user when ChatUserContent.Of(user.Parts) is { } content:
                    AddUser(content);
                    break;
                case AssistantItem { Message: var message }:
                    AddAnswer(message);
                    break;
                case ToolResultsItem { Results: var results }:
                    AddResults(results);
                    break;
            }
        }

        return _messages;
    }

    private void Add(string role, JsonNode content) =>
        _messages.Add((JsonNode)new JsonObject { ["role"] = role, ["content"] = content });

    private void AddUser(JsonNode content)
    {
        var last = _messages.LastOrDefault();
        if (!rules.IsStrictOnRoles || (string?)last?["role"] is not ("user" or "tool"))
        {
            Add("user", content);
        }
        else if ((string?)last["role"] == "user")
        {
            last["content"] = ChatUserContent.Join(last["content"]!, content);
        }
        else
        {
            Add("assistant", Bridge);
            Add("user", content);
        }
    }

    private void AddAnswer(Message message)
    {
        var answer = provider.ReplayOf(message, request) is { Items: [var kept, ..] }
            ? ProviderJson.Read(kept).AsObject() : OfParts(message.Parts);
        _callIds = [];
        if (answer is null)
        {
            return;
        }

        if (answer["tool_calls"] is JsonArray calls)
        {
            foreach (var call in calls)
            {
                call!["id"] = ChatCallIds.Fit((string)call["id"]!, rules.CallIds);
            }

            _callIds = [.. calls.Select(call => (string)call!["id"]!)];
        }

        ChatPlaceholders.Fill(answer, rules);
        _messages.Add((JsonNode)answer);
    }

    /// <summary>Adds results. Results match calls by position. Providers refuse a result without its call.</summary>
    private void AddResults(IReadOnlyList<ToolResultPart> results)
    {
        foreach (var (result, id) in results.Zip(_callIds))
        {
            _messages.Add((JsonNode)new JsonObject
            {
                ["role"] = "tool",
                ["tool_call_id"] = id,
                ["content"] = result.Result,
            });
        }
    }

    private JsonObject? OfParts(IReadOnlyList<MessagePart> parts)
    {
        var text = string.Concat(parts.Select(part => part switch
        {
            TextPart said => said.Text,
            RefusalPart refused => refused.Text,
            _ => "",
        }));
        var calls = parts.OfType<ToolCallPart>()
            .Select(call => (JsonNode)CallOf(call.CallId, call.Name, call.Arguments)).ToArray();
        return text.Length == 0 && calls.Length == 0 ? null : AnswerOf(text.Length > 0 ? text : null, calls, rules);
    }

    /// <summary>An assistant message without the data that neutral parts do not carry.</summary>
    internal static JsonObject AnswerOf(JsonNode? content, JsonNode[] calls, ChatRules rules)
    {
        var answer = new JsonObject
        {
            ["role"] = "assistant",
            ["content"] = content ?? (rules.HasEmptyContent ? "" : null),
        };
        if (calls.Length > 0)
        {
            answer["tool_calls"] = new JsonArray(calls);
        }

        return answer;
    }

    /// <summary>A call.</summary>
    internal static JsonObject CallOf(string id, string name, string arguments) => new()
    {
        ["id"] = id,
        ["type"] = "function",
        ["function"] = new JsonObject
        {
            ["name"] = name,
            ["arguments"] = string.IsNullOrWhiteSpace(arguments) ? "{}" : arguments,
        },
    };
}
