namespace DurableChat.Notifications;

/// <summary>How far to believe what has arrived.</summary>
internal enum SealTrust
{
    /// <summary>It is no frame, or no key that is known here fits it: anybody may have sent it.</summary>
    None,

    /// <summary>A replica of this cluster has sent it, it has not been here before, and it is not old.</summary>
    Fresh,

    /// <summary>A replica of this cluster has sent it, but maybe long ago.</summary>
    Old,

    /// <summary>It has been here before.</summary>
    Repeated,

    /// <summary>It carries this replica's name, so there is nothing in it that is not known here.</summary>
    Own,
}
