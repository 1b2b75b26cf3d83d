using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Providers.Http;

namespace DurableChat.Providers.Responses;

/// <summary>Writes a prompt as input items. For one request; not thread-safe.</summary>
internal sealed class ResponsesPrompt
{
    private readonly JsonArray _input = [];
    private readonly SentCallIds _callIds = new();
    private readonly List<string> _instructions = [];

    private ResponsesPrompt()
    {
    }

    /// <summary>The instructions, or null, and the input.</summary>
    public static (string? Instructions, JsonArray Input) Build(Provider provider, ModelRequest request)
    {
        var prompt = new ResponsesPrompt();
        foreach (var item in request.Prompt)
        {
            switch (item)
            {
                case SystemItem system:
                    prompt._instructions.Add(system.Text);
                    break;
                case InstructionItem instruction:
                    prompt.AddMessage("developer", instruction.Text);
                    break;
                case UserItem user:
                    prompt.AddUser(user);
                    break;
                case AssistantItem assistant:
                    prompt.AddAnswer(assistant.Message, provider.ReplayOf(assistant.Message, request));
                    break;
                case ToolResultsItem results:
                    prompt.AddResults(results);
                    break;
            }
        }

        return (prompt._instructions.Count == 0 ? null : string.Join("\n\n", prompt._instructions), prompt._input);
    }

    private static JsonObject? Content(MessagePart part) => part switch
    {
        TextPart { Text.Length: > 0 } text => new JsonObject { ["type"] = "input_text", ["text"] = text.Text },
        FilePart file when file.MediaType.StartsWith("image/", StringComparison.OrdinalIgnoreCase) => new JsonObject
        {
            ["type"] = "input_image",
            ["image_url"] = $"data:{file.MediaType};base64,{file.Data}",
        },
        FilePart { MediaType: "application/pdf" } file => new JsonObject
        {
            ["type"] = "input_file",
            ["filename"] = "file.pdf",
            ["file_data"] = $"data:{file.MediaType};base64,{file.Data}",
        },
        _ => null,
    };

    private void AddMessage(string role, string text) =>
        _input.Add(new JsonObject { ["type"] = "message", ["role"] = role, ["content"] = text });

    private void AddUser(UserItem user)
    {
        var content = user.Parts.Select(Content).OfType<JsonNode>().ToArray();
        if (content.Length > 0)
        {
            _input.Add(new JsonObject
            {
                ["type"] = "message",
                ["role"] = "user",
                ["content"] = new JsonArray(content),
            });
        }
    }

    private void AddAnswer(Message message, Replay? replay)
    {
        _callIds.BeginAnswer();
        if (replay is null)
        {
            AddParts(message);
            return;
        }

        foreach (var item in replay.Items)
        {
            using var json = JsonDocument.Parse(item);
            if (json.RootElement.Text("type") == "function_call")
            {
                _callIds.Keep(json.RootElement.Text("call_id") ?? "");
            }

            _input.Add(RawJson.Node(item));
        }
    }

    private void AddParts(Message message)
    {
        var text = new StringBuilder();
        foreach (var part in message.Parts)
        {
            switch (part)
            {
                case TextPart said:
                    text.Append(said.Text);
                    break;
                case RefusalPart refusal:
                    text.Append(refusal.Text);
                    break;
                case ToolCallPart call:
                    Flush(text);
                    _input.Add(new JsonObject
                    {
                        ["type"] = "function_call",
                        ["call_id"] = _callIds.Make(call.CallId),
                        ["name"] = call.Name,
                        ["arguments"] = call.Arguments,
                    });
                    break;
            }
        }

        Flush(text);
    }

    private void Flush(StringBuilder text)
    {
        if (text.Length > 0)
        {
            AddMessage("assistant", text.ToString());
            text.Clear();
        }
    }

    private void AddResults(ToolResultsItem item)
    {
        for (var place = 0; place < item.Results.Count; place++)
        {
            _input.Add(new JsonObject
            {
                ["type"] = "function_call_output",
                ["call_id"] = _callIds.At(place) ?? item.Results[place].CallId,
                ["output"] = item.Results[place].Result,
            });
        }
    }
}
