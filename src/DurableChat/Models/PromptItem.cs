using DurableChat.Chats;

namespace DurableChat.Models;

/// <summary>An entry of what a model is given. Immutable.</summary>
public abstract record PromptItem
{
    private protected PromptItem()
    {
    }
}

/// <summary>Rules for the whole conversation. Only at the beginning.</summary>
/// <param name="Text">The rules.</param>
public sealed record SystemItem(string Text) : PromptItem;

/// <summary>Rules from the host in mid-conversation, valid from here on.</summary>
/// <param name="Text">The rules.</param>
public sealed record InstructionItem(string Text) : PromptItem;

/// <summary>What the user said.</summary>
/// <param name="Parts">The parts.</param>
public sealed record UserItem(IReadOnlyList<MessagePart> Parts) : PromptItem;

/// <summary>What the model answered.</summary>
/// <param name="Message">The message, with its <see cref="Message.Replay"/> if there is one.</param>
public sealed record AssistantItem(Message Message) : PromptItem;

/// <summary>The results of all calls of the answer before it.</summary>
/// <param name="Results">
/// One for each call, in the order of the calls. They match the calls by place: ids may repeat from one answer to the next.
/// </param>
public sealed record ToolResultsItem(IReadOnlyList<ToolResultPart> Results) : PromptItem;
