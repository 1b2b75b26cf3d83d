namespace DurableChat.Server.Recorders;

/// <summary>How the recorder was when it was last asked.</summary>
internal enum RecorderState
{
    /// <summary>It was not asked yet.</summary>
    Unknown,

    /// <summary>It answers.</summary>
    Ready,

    /// <summary>It does not answer.</summary>
    Away,

    /// <summary>It has another secret.</summary>
    WrongSecret,

    /// <summary>What answers there is no recorder of this version.</summary>
    NoRecorder,
}
