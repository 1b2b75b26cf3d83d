namespace DurableChat.Recorder.Recordings;

/// <summary>How much of an answer may be where.</summary>
internal sealed record RecordingLimits
{
    /// <summary>Memory is taken in pieces of this size.</summary>
    public const int SegmentBytes = 16 * 1024;

    /// <summary>How much of one answer is in memory.</summary>
    public long MemoryBytes { get; init; } = 1024 * 1024;

    /// <summary>How large an answer can be.</summary>
    public long MaxBytes { get; init; } = 256L * 1024 * 1024;
}
