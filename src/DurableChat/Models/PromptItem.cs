using DurableChat.Chats;

namespace DurableChat.Models;

/// <summary>An entry of a prompt. Immutable.</summary>
public abstract record PromptItem
{
    private protected PromptItem()
    {
    }
}

/// <summary>Rules for the whole conversation. Only at the start of the prompt.</summary>
/// <param name="Text">The rules.</param>
public sealed record SystemItem(string Text) : PromptItem;

/// <summary>Rules from the host within the conversation, valid from this point.</summary>
/// <param name="Text">The rules.</param>
public sealed record InstructionItem(string Text) : PromptItem;

/// <summary>A message of the user.</summary>
/// <param name="Parts">The parts.</param>
public sealed record UserItem(IReadOnlyList<MessagePart> Parts) : PromptItem;

/// <summary>An answer of the model.</summary>
/// <param name="Message">The message, with its <see cref="Message.Replay"/> if it has one.</param>
public sealed record AssistantItem(Message Message) : PromptItem;

/// <summary>The results of all calls of the preceding answer.</summary>
/// <param name="Results">
/// One result for each call, in the order of the calls. They match the calls by place, because ids may repeat from one
/// answer to the next.
/// </param>
public sealed record ToolResultsItem(IReadOnlyList<ToolResultPart> Results) : PromptItem;
