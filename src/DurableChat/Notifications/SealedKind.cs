namespace DurableChat.Notifications;

/// <summary>What is in a sealed frame.</summary>
internal enum SealedKind : byte
{
    /// <summary>A notification.</summary>
    News = 1,

    /// <summary>What a replica sends to itself; see <see cref="ChannelProbe"/>.</summary>
    Probe = 2,
}
