using DurableChat.Chats;
using DurableChat.Models;

namespace DurableChat.Workers;

/// <summary>What is known of an answer while it comes, beside its parts, which are in the feed. Used by one caller at a time.</summary>
internal sealed class AnswerInProgress(IReadOnlyList<Message> history)
{
    private readonly CallIds _callIds = new(
        () => $"call_{Guid.CreateVersion7():N}",
        history.SelectMany(message => message.Parts).OfType<ToolCallPart>().Select(call => call.CallId));

    private TokenUsage? _before;
    private TokenUsage? _present;

    /// <summary>True until the first part.</summary>
    public bool IsEmpty { get; private set; } = true;

    /// <summary>What all requests have cost so far, as far as the provider said.</summary>
    public TokenUsage? Usage => TokenUsage.Add(_before, _present);

    /// <summary>The model that answers, by the provider's name; null if it did not say.</summary>
    public string? Model { get; private set; }

    /// <summary>True once the provider has refused the replays of earlier answers.</summary>
    public bool IsReplayRefused { get; set; }

    /// <summary>True once the provider has refused tools.</summary>
    public bool AreToolsRefused { get; set; }

    /// <summary>Another request is made for the same answer: its usage counts beside that of the one before.</summary>
    public void BeginRequest() => (_before, _present) = (Usage, null);

    /// <summary>Notes what the provider has counted for the present request.</summary>
    public void Count(UsageUpdate update) => (_present, Model) = (update.Usage.Bounded(), update.Model ?? Model);

    /// <summary>The part as it is shown: a tool call has an id that no other call of the chat has.</summary>
    public MessagePart Take(MessagePart part)
    {
        IsEmpty = false;
        return part is ToolCallPart call ? call with { CallId = _callIds.Unique(call.CallId) } : part;
    }
}
