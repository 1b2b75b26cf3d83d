namespace DurableChat.Client;

/// <summary>Options of one stream. Do not change them once they are in use.</summary>
public sealed class FollowOptions
{
    /// <summary>
    /// How long this stream may be without a connection before its failure is thrown.
    /// <see cref="Timeout.InfiniteTimeSpan"/> means no limit. Null means
    /// <see cref="DurableChatClientOptions.MaxOutage"/>. Default null.
    /// </summary>
    public TimeSpan? MaxOutage { get; set; }

    /// <summary>
    /// Called whenever the connection was lost or could not be made, and will be retried. The call comes after the last
    /// event was returned, and before the pause. The caller waits for the next event meanwhile, so the callback must be
    /// short. An exception from it ends the stream. Default null.
    /// </summary>
    public Action<StreamLoss>? OnLost { get; set; }
}
