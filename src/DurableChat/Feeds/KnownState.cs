using DurableChat.Chats;

namespace DurableChat.Feeds;

/// <summary>
/// A chat's state on this replica, with the events that show it. Its large members can be freed and read again.
/// Immutable.
/// </summary>
/// <param name="Chat">The state, without its large members if <see cref="IsSlim"/>.</param>
/// <param name="Events">The events that show it.</param>
/// <param name="Size">The size of the state in memory.</param>
internal sealed record KnownState(Chat Chat, StateEvents Events, StateSize Size)
{
    /// <summary>The minimum size, in bytes, for which freeing is worth reading the state again.</summary>
    private const int WorthGivingBack = 4096;

    /// <summary>True if the queue and other large members have been freed.</summary>
    public bool IsSlim => Events.IsSlim;

    /// <summary>The size of state and events in memory, in bytes.</summary>
    public long Bytes => Events.Bytes + Size.Total;

    /// <summary>Creates a state that follows another, or the first one.</summary>
    public static KnownState Of(Chat chat, KnownState? before, long publishedAt) =>
        new(chat, StateEvents.Of(chat, before?.Chat, before?.Events, publishedAt), StateSize.Of(chat));

    /// <summary>How much could be freed now, in bytes. While a run uses the state, only the queue.</summary>
    /// <param name="isDrivenHere">True if a run of this replica uses the state.</param>
    public long FreeableBytes(bool isDrivenHere)
    {
        if (IsSlim)
        {
            return 0;
        }

        var ofRun = (isDrivenHere ? 0 : Size.Tools) + (Chat.NeedsWorker ? 0 : Size.Calls);
        var bulk = Events.BulkBytes + Size.Queue + ofRun;
        return bulk > WorthGivingBack ? bulk : 0;
    }

    /// <summary>This state without what can be freed.</summary>
    /// <param name="isDrivenHere">True if a run of this replica uses the state.</param>
    public KnownState WithoutBulk(bool isDrivenHere)
    {
        var slim = Chat with
        {
            Queue = [],
            ClientTools = isDrivenHere ? Chat.ClientTools : [],
            PendingToolCalls = Chat.NeedsWorker ? Chat.PendingToolCalls : [],
        };
        return new KnownState(slim, Events.WithoutBulk(), StateSize.Of(slim));
    }

    /// <summary>This state with what was freed, after the same version was read again.</summary>
    public KnownState WithBulkOf(Chat chat) => new(chat, Events.WithBulkOf(chat), StateSize.Of(chat));
}
