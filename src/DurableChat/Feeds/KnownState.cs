using DurableChat.Chats;

namespace DurableChat.Feeds;

/// <summary>
/// A chat's state as this replica has it, with the events that show it. What is large of it can be given back, and read
/// again. Immutable.
/// </summary>
/// <param name="Chat">The state; without its large members if <see cref="IsSlim"/>.</param>
/// <param name="Events">The events that show it.</param>
/// <param name="Size">What the state takes in memory.</param>
internal sealed record KnownState(Chat Chat, StateEvents Events, StateSize Size)
{
    /// <summary>Giving back less than this is not worth reading the state again, in bytes.</summary>
    private const int WorthGivingBack = 4096;

    /// <summary>True if the queue and other large members have been given back.</summary>
    public bool IsSlim => Events.IsSlim;

    /// <summary>What state and events take in memory, in bytes.</summary>
    public long Bytes => Events.Bytes + Size.Total;

    /// <summary>A state that follows another, or the first one.</summary>
    public static KnownState Of(Chat chat, KnownState? before, long publishedAt) =>
        new(chat, StateEvents.Of(chat, before?.Chat, before?.Events, publishedAt), StateSize.Of(chat));

    /// <summary>How much could be given back now, in bytes. While a run works with the state, only the queue.</summary>
    /// <param name="isDrivenHere">True if a run of this replica works with the state.</param>
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

    /// <summary>The same without what can be given back.</summary>
    /// <param name="isDrivenHere">True if a run of this replica works with the state.</param>
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

    /// <summary>The same with what was given back, after the same version was read again.</summary>
    public KnownState WithBulkOf(Chat chat) => new(chat, Events.WithBulkOf(chat), StateSize.Of(chat));
}
