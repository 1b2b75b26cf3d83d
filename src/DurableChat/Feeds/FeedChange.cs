namespace DurableChat.Feeds;

/// <summary>
/// What an operation changed in a feed. <see cref="FeedChanges.Effects"/> decides what has to follow.
/// </summary>
[Flags]
internal enum FeedChange
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A doubt was raised: nothing is served until the state is loaded.</summary>
    Doubt = 1,

    /// <summary>The chat's state is another one.</summary>
    State = 2,

    /// <summary>The durable window has other messages.</summary>
    Window = 4,

    /// <summary>The answer in flight has other parts, or a tool has reported progress.</summary>
    Answer = 8,

    /// <summary>The chat is gone.</summary>
    Gone = 16,

    /// <summary>The history that was served is not the stored one: every subscriber starts again.</summary>
    Lost = 32,

    /// <summary>Nothing, but those who wait have to look again.</summary>
    Waiting = 64,

    /// <summary>What the feed takes in memory, or what of it can be given back.</summary>
    Memory = 128,

    /// <summary>A pin was added or removed, which is a use of the feed.</summary>
    Held = 256,

    /// <summary>A subscriber was added.</summary>
    Subscribers = 512,

    /// <summary>The feed is out of use.</summary>
    Removed = 1024,
}
