namespace DurableChat.Server.Recorders;

/// <summary>The recorder's state when it was last checked.</summary>
internal enum RecorderState
{
    /// <summary>It was not checked yet.</summary>
    Unknown,

    /// <summary>It answers.</summary>
    Ready,

    /// <summary>It does not answer.</summary>
    Away,

    /// <summary>It has a different secret.</summary>
    WrongSecret,

    /// <summary>The server at its address is not a recorder of this version.</summary>
    NoRecorder,
}
