using DurableChat.Models;
using Microsoft.Extensions.AI;

namespace DurableChat.Server.Models;

/// <summary>What the demo model looks at in a conversation.</summary>
/// <param name="UserMessages">What the user said, in order.</param>
/// <param name="ToolResult">The tool result that the model has to speak about now, if there is one.</param>
/// <param name="CutOff">The answer that a shutdown cut off and that is to be continued, if there is one.</param>
/// <param name="Words">How many words the whole conversation has, about.</param>
internal sealed record DemoConversation(IReadOnlyList<string> UserMessages, string? ToolResult, string? CutOff, int Words)
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
            isCutOff ? string.Concat(said.Skip(latestUser + 1).Where(message => message.Role == ChatRole.Assistant).Select(message => message.Text)) : null,
            said.Sum(message => message.Text.Count(char.IsWhiteSpace) + 1));
    }

    /// <summary>What is left to say of an answer of which a part was said before a shutdown.</summary>
    public string Continue(string answer) =>
        CutOff is null ? answer
        : answer.StartsWith(CutOff, StringComparison.Ordinal) && answer.Length > CutOff.Length ? answer[CutOff.Length..]
        : "… and that is all.";
}
