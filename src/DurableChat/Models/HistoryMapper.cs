using DurableChat.Chats;
using Microsoft.Extensions.AI;

namespace DurableChat.Models;

/// <summary>Turns a chat's history into what a model is given. Pure.</summary>
public static class HistoryMapper
{
    /// <summary>Asks the model to go on behind an answer that a shutdown cut off. Not part of the history.</summary>
    public const string ContinueInstruction =
        "Your answer above was cut off. Continue exactly where it stops. Do not repeat any of it and do not mention the interruption.";

    /// <summary>Maps a history that begins with a user message.</summary>
    /// <param name="history">The history.</param>
    /// <param name="systemPrompt">What the model is told first; null for nothing.</param>
    /// <param name="instructions">What it is told after that and before the history.</param>
    public static IList<ChatMessage> Map(IReadOnlyList<Message> history, string? systemPrompt = null, params IReadOnlyList<string> instructions)
    {
        ArgumentNullException.ThrowIfNull(history);
        ArgumentNullException.ThrowIfNull(instructions);
        var mapped = new List<ChatMessage>(history.Count + instructions.Count + 2);
        if (!string.IsNullOrWhiteSpace(systemPrompt))
        {
            mapped.Add(new ChatMessage(ChatRole.System, systemPrompt));
        }

        mapped.AddRange(instructions.Select(instruction => new ChatMessage(ChatRole.System, instruction)));
        foreach (var message in history)
        {
            var contents = message.Parts.Select(MapPart).OfType<AIContent>().ToList();
            if (contents.Count > 0)
            {
                mapped.Add(new ChatMessage(MapRole(message.Role), contents));
            }
        }

        if (history is [.., { Role: MessageRole.Assistant, FinishReason: FinishReason.HandedOver }])
        {
            mapped.Add(new ChatMessage(ChatRole.User, ContinueInstruction));
        }

        return mapped;
    }

    private static AIContent? MapPart(MessagePart part) => part switch
    {
        TextPart text => new TextContent(text.Text),
        ToolCallPart call => new FunctionCallContent(call.CallId, call.Name, ToolArguments.Parse(call.Arguments)),
        ToolResultPart result => new FunctionResultContent(result.CallId, result.Result),
        _ => null,
    };

    private static ChatRole MapRole(MessageRole role) => role switch
    {
        MessageRole.User => ChatRole.User,
        MessageRole.Assistant => ChatRole.Assistant,
        MessageRole.Tool => ChatRole.Tool,
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "Unknown role."),
    };
}
