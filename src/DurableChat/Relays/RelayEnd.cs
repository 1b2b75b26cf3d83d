namespace DurableChat.Relays;

/// <summary>How the following of a lease holder ended.</summary>
internal enum RelayEnd
{
    /// <summary>It gave nothing: it does not drive the chat yet, or no more.</summary>
    Empty,

    /// <summary>It gave parts, or is no longer to be followed.</summary>
    Followed,

    /// <summary>It could not be reached.</summary>
    Unreachable,
}
