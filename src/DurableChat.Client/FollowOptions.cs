namespace DurableChat.Client;

/// <summary>How one stream is followed. Not to be changed once it is in use.</summary>
public sealed class FollowOptions
{
    /// <summary>
    /// For how long this stream may stay without a connection before its failure is thrown; <see cref="Timeout.InfiniteTimeSpan"/> for ever. Null, the default, for what
    /// <see cref="DurableChatClientOptions.MaxOutage"/> says.
    /// </summary>
    public TimeSpan? MaxOutage { get; set; }

    /// <summary>
    /// Called whenever the connection has ended, or could not be made, and will be tried again: behind the last event that was passed on, and before the pause. It runs while the next event is waited
    /// for, so it has to be short; what it throws ends the stream. Null, the default, for nobody.
    /// </summary>
    public Action<StreamLoss>? OnLost { get; set; }
}
