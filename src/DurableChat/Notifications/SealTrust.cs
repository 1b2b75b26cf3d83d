namespace DurableChat.Notifications;

/// <summary>How far a received payload can be trusted.</summary>
internal enum SealTrust
{
    /// <summary>It is not a valid frame, or no known key fits it. Anyone may have sent it.</summary>
    None,

    /// <summary>A replica of this cluster sent it, it has not been received before, and it is recent.</summary>
    Fresh,

    /// <summary>A replica of this cluster sent it, but possibly long ago.</summary>
    Old,

    /// <summary>It has been received before.</summary>
    Repeated,

    /// <summary>This replica sent it, so it contains nothing new.</summary>
    Own,
}
