using DurableChat.Models;
using Microsoft.Extensions.AI;

namespace DurableChat.Server.Models;

/// <summary>The parts of a conversation that the demo model uses.</summary>
/// <param name="UserMessages">The user's messages, in order.</param>
/// <param name="ToolResult">The tool result that the model must answer, if there is one.</param>
/// <param name="CutOff">The answer that a shutdown cut off and that must be continued, if there is one.</param>
/// <param name="Words">The approximate number of words in the whole conversation.</param>
internal sealed record DemoConversation(
    IReadOnlyList<string> UserMessages,
    string? ToolResult,
    string? CutOff,
    int Words)
{
    /// <summary>The newest user message.</summary>
    public string Latest => UserMessages.Count > 0 ? UserMessages[^1] : string.Empty;

    public static DemoConversation Of(IReadOnlyList<ChatMessage> messages)
    {
        var isCutOff = messages is [.., { Text: PromptBuilder.ContinueInstruction }];
        var said = isCutOff ? messages.SkipLast(1).ToList() : [.. messages];
        var latestUser = said.FindLastIndex(message => message.Role == ChatRole.User);
        return new DemoConversation(
            [.. said.Where(message => message.Role == ChatRole.User).Select(message => message.Text)],
            said is [.., { Role: var role } last] && role == ChatRole.Tool
                ? last.Contents.OfType<FunctionResultContent>().LastOrDefault()?.Result?.ToString()
                : null,
            isCutOff ? string.Concat(said.Skip(latestUser + 1)
                .Where(message => message.Role == ChatRole.Assistant)
                .Select(message => message.Text)) : null,
            said.Sum(message => message.Text.Count(char.IsWhiteSpace) + 1));
    }

    /// <summary>The rest of an answer that a shutdown cut off.</summary>
    public string Continue(string answer) =>
        CutOff is null ? answer
        : answer.StartsWith(CutOff, StringComparison.Ordinal) && answer.Length > CutOff.Length ? answer[CutOff.Length..]
        : "… and that is all.";
}
