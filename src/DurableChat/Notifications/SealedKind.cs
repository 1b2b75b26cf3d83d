namespace DurableChat.Notifications;

/// <summary>The kind of content in a sealed frame.</summary>
internal enum SealedKind : byte
{
    /// <summary>A notification.</summary>
    News = 1,

    /// <summary>A probe that a replica sends to itself. See <see cref="ChannelProbe"/>.</summary>
    Probe = 2,
}
