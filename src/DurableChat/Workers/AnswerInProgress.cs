using DurableChat.Chats;
using DurableChat.Models;

namespace DurableChat.Workers;

/// <summary>
/// The data of an answer in flight apart from its parts, which are in the feed. Used by one caller at a time.
/// </summary>
internal sealed class AnswerInProgress(IReadOnlyList<Message> history)
{
    private readonly CallIds _callIds = new(
        () => $"call_{Guid.CreateVersion7():N}",
        history.SelectMany(message => message.Parts).OfType<ToolCallPart>().Select(call => call.CallId));

    private TokenUsage? _before;
    private TokenUsage? _present;

    /// <summary>True until the first part arrives.</summary>
    public bool IsEmpty { get; private set; } = true;

    /// <summary>The cost of all requests so far, as far as the provider reported it.</summary>
    public TokenUsage? Usage => TokenUsage.Add(_before, _present);

    /// <summary>The provider's name for the model that answers. Null if not reported.</summary>
    public string? Model { get; private set; }

    /// <summary>True once the provider has refused the replays of earlier answers.</summary>
    public bool IsReplayRefused { get; set; }

    /// <summary>True if the answer is another one than the parts that an earlier worker has shown of it.</summary>
    public bool HasDiverged { get; set; }

    /// <summary>True once the provider has refused tools.</summary>
    public bool AreToolsRefused { get; set; }

    /// <summary>Starts another request for the same answer. Its usage is added to that of earlier requests.</summary>
    public void BeginRequest() => (_before, _present) = (Usage, null);

    /// <summary>Records the provider's counts for the current request.</summary>
    public void Count(UsageUpdate update) => (_present, Model) = (update.Usage.Bounded(), update.Model ?? Model);

    /// <summary>The part to show. A tool call gets an id that no other call of the chat has.</summary>
    public MessagePart Take(MessagePart part)
    {
        IsEmpty = false;
        return part is ToolCallPart call ? call with { CallId = _callIds.Unique(call.CallId) } : part;
    }
}
