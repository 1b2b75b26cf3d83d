namespace DurableChat.Relays;

/// <summary>How a relay from a lease holder ended.</summary>
internal enum RelayEnd
{
    /// <summary>The replica sent nothing: it does not drive the chat yet, or no longer does.</summary>
    Empty,

    /// <summary>The replica sent parts, or the relay is no longer needed.</summary>
    Followed,

    /// <summary>The replica could not be reached.</summary>
    Unreachable,
}
