using System.Text.Json;
using DurableChat.AspNetCore.Bodies;
using DurableChat.AspNetCore.Wire;
using DurableChat.Chats;
using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>A command of an AI SDK client, read from the body that it posts.</summary>
internal abstract record AiSdkCommand(AiSdkRequest Request)
{
    /// <summary>Sends a new message.</summary>
    public sealed record Send(AiSdkRequest Request, string Content) : AiSdkCommand(Request);

    /// <summary>
    /// Sends a message again, with the same text or another. If the server does not know the message, its first request
    /// was lost, and the message is treated as new.
    /// </summary>
    public sealed record Edit(AiSdkRequest Request, string Content) : AiSdkCommand(Request);

    /// <summary>Generates the answer to a message again.</summary>
    public sealed record Regenerate(AiSdkRequest Request, string Content) : AiSdkCommand(Request);

    /// <summary>Returns the results of client-side tools.</summary>
    public sealed record Answer(AiSdkRequest Request, IReadOnlyList<ToolResultPart> Outputs) : AiSdkCommand(Request);

    /// <summary>The settings for the message; null if the request has none.</summary>
    public GenerationSettings? Settings { get; private init; }

    /// <summary>The last message, the only new one.</summary>
    public AiSdkMessage Last => Request.Messages!.Last!;

    /// <summary>Reads a request; returns the problem with it, or null.</summary>
    public static IResult? Read(AiSdkRequest request, out AiSdkCommand? command)
    {
        command = null;
        if (request.Id is not { Length: > 0 and <= AiSdkIds.MaxChatName })
        {
            return Problems.Invalid("id", $"A chat's name has 1 to {AiSdkIds.MaxChatName} characters.");
        }

        if (request.Id.Contains('/', StringComparison.Ordinal))
        {
            // The paths of the other routes would keep the slash encoded, so they would not find the chat.
            return Problems.Invalid("id", "A chat's name has no '/'.");
        }

        if (request.Messages?.Last is not { } last)
        {
            return Problems.Invalid("messages", "There is no message.");
        }

        var field = $"messages[{request.Messages.Count - 1}]";
        if (string.IsNullOrEmpty(last.Id))
        {
            return Problems.Invalid($"{field}.id", "A message has an id.");
        }

        if (last.Parts.ValueKind != JsonValueKind.Array || last.Parts.EnumerateArray().Any(part => part.ValueKind != JsonValueKind.Object))
        {
            return Problems.Invalid($"{field}.parts", "The parts are a list of objects.");
        }

        switch (request.Trigger, last.Role)
        {
            case ("submit-message", "assistant"):
                command = new Answer(request, ReadOutputs(last.Parts));
                return null;
            case ("submit-message" or "regenerate-message", "user"):
                if (ReadText(last.Parts, field, out var content) is { } problem)
                {
                    return problem;
                }

                var type = HttpJson.Strict.GenerationSettings;
                if (RequestBody.Read(request.Settings, "settings", type, out var settings) is { } unread)
                {
                    return unread;
                }

                AiSdkCommand read = request.Trigger == "regenerate-message" ? new Regenerate(request, content)
                    : request.MessageId is null ? new Send(request, content)
                    : new Edit(request, content);
                command = read with { Settings = settings };
                return null;
            case ("submit-message" or "regenerate-message", _):
                return Problems.Invalid($"{field}.role", "The last message is the user's, or, with results of tools, the assistant's.");
            default:
                return Problems.Invalid("trigger", "The trigger is submit-message or regenerate-message.");
        }
    }

    private static IResult? ReadText(JsonElement parts, string field, out string content)
    {
        content = string.Empty;
        var texts = new List<string>();
        var index = 0;
        foreach (var part in parts.EnumerateArray())
        {
            var type = StringOf(part, "type");
            if (type == "text" && StringOf(part, "text") is { } text)
            {
                texts.Add(text);
            }
            else if (type?.StartsWith("data-", StringComparison.Ordinal) != true)
            {
                // Data parts belong to the application and are not sent to the model.
                return Problems.Invalid($"{field}.parts[{index}]", "A message has text and nothing else.");
            }

            index++;
        }

        content = string.Join('\n', texts);
        return null;
    }

    private static List<ToolResultPart> ReadOutputs(JsonElement parts)
    {
        var outputs = new List<ToolResultPart>();
        foreach (var part in parts.EnumerateArray())
        {
            if (StringOf(part, "toolCallId") is not { } call)
            {
                continue;
            }

            switch (StringOf(part, "state"))
            {
                case "output-available":
                    // JSON omits values that JavaScript leaves undefined.
                    outputs.Add(new ToolResultPart(call, part.TryGetProperty("output", out var output) ? ToolValue.Read(output) : "null"));
                    break;
                case "output-error":
                    outputs.Add(new ToolResultPart(call, StringOf(part, "errorText") ?? "The tool failed.", IsError: true));
                    break;
            }
        }

        return outputs;
    }

    private static string? StringOf(JsonElement part, string name) =>
        part.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
