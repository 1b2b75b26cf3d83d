namespace DurableChat.Recorder.Recordings;

/// <summary>Limits on the storage of an answer.</summary>
internal sealed record RecordingLimits
{
    /// <summary>The size of the pieces in which memory is taken.</summary>
    public const int SegmentBytes = 16 * 1024;

    /// <summary>How many bytes of an answer are kept in memory.</summary>
    public long MemoryBytes { get; init; } = 1024 * 1024;

    /// <summary>The maximum size of an answer, in bytes.</summary>
    public long MaxBytes { get; init; } = 256L * 1024 * 1024;
}
