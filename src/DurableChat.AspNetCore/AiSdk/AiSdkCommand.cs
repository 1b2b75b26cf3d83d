using System.Text.Json;
using DurableChat.AspNetCore.Bodies;
using DurableChat.Chats;
using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>What a client of the AI SDK wants, read from what it posts.</summary>
internal abstract record AiSdkCommand(AiSdkRequest Request)
{
    /// <summary>Says something new.</summary>
    public sealed record Send(AiSdkRequest Request, string Content) : AiSdkCommand(Request);

    /// <summary>Says a message again, with another text or the same. If the server does not know the message, its first request was lost, and it is new.</summary>
    public sealed record Edit(AiSdkRequest Request, string Content) : AiSdkCommand(Request);

    /// <summary>Has a message answered again.</summary>
    public sealed record Regenerate(AiSdkRequest Request, string Content) : AiSdkCommand(Request);

    /// <summary>Answers client-side tools.</summary>
    public sealed record Answer(AiSdkRequest Request, IReadOnlyList<ToolResultPart> Outputs) : AiSdkCommand(Request);

    /// <summary>How the message is to be answered; null if that is left open.</summary>
    public GenerationSettings? Settings { get; private init; }

    /// <summary>The last message: all that is new.</summary>
    public AiSdkMessage Last => Request.Messages!.Last!;

    /// <summary>Reads a request; gives what is wrong with it, if something is.</summary>
    public static IResult? Read(AiSdkRequest request, out AiSdkCommand? command)
    {
        command = null;
        if (request.Id is not { Length: > 0 and <= AiSdkIds.MaxChatName })
        {
            return Problems.Invalid("id", $"A chat's name has 1 to {AiSdkIds.MaxChatName} characters.");
        }

        if (request.Id.Contains('/', StringComparison.Ordinal))
        {
            // In the path of the other routes it would stay encoded, and the chat not be found.
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
                // Data parts are the application's own; a model is told of them by nobody.
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
                    // JSON leaves out what JavaScript has no value for.
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
