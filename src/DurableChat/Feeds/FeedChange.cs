namespace DurableChat.Feeds;

/// <summary>What an operation changed in a feed. <see cref="FeedChanges.Effects"/> decides the effects.</summary>
[Flags]
internal enum FeedChange
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A doubt was raised: nothing is served until the state is loaded.</summary>
    Doubt = 1,

    /// <summary>The chat's state has changed.</summary>
    State = 2,

    /// <summary>The messages of the durable window have changed.</summary>
    Window = 4,

    /// <summary>The parts of the answer in flight have changed, or a tool has reported progress.</summary>
    Answer = 8,

    /// <summary>The chat is gone.</summary>
    Gone = 16,

    /// <summary>The served history is not the stored one: every subscriber starts again.</summary>
    Lost = 32,

    /// <summary>Nothing changed, but waiting callers must look again.</summary>
    Waiting = 64,

    /// <summary>The feed's memory, or how much of it can be freed, has changed.</summary>
    Memory = 128,

    /// <summary>A pin was added or removed, which counts as a use of the feed.</summary>
    Held = 256,

    /// <summary>A subscriber was added.</summary>
    Subscribers = 512,

    /// <summary>The feed is removed.</summary>
    Removed = 1024,
}
