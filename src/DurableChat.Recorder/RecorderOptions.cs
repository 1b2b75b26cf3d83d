using DurableChat.Recorder.Ledgers;
using DurableChat.Recorder.Recordings;

namespace DurableChat.Recorder;

/// <summary>How a recorder runs.</summary>
internal sealed record RecorderOptions
{
    /// <summary>Where it listens: <c>unix:/path</c>, or an http address.</summary>
    public required string Listen { get; init; }

    /// <summary>What servers have to show.</summary>
    public required SharedSecret Secret { get; init; }

    /// <summary>Where it may send requests.</summary>
    public required AllowedHosts Hosts { get; init; }

    /// <summary>The folder for what does not fit into memory.</summary>
    public required string Folder { get; init; }

    /// <summary>How many exchanges there are, and for how long.</summary>
    public LedgerLimits Ledger { get; init; } = new();

    /// <summary>How much of one answer may be where.</summary>
    public RecordingLimits Recording { get; init; } = new();

    /// <summary>What all answers together may have in memory.</summary>
    public long MemoryBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>What all answers together may have in files.</summary>
    public long SpoolBytes { get; init; } = 4L * 1024 * 1024 * 1024;

    /// <summary>How large a request can be.</summary>
    public long MaxRequestBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>After how long without a server it ends by itself; null for never.</summary>
    public TimeSpan? IdleTime { get; init; }

    /// <summary>True if the terminal's signals are not meant for it: a server started it, and it outlives the
    /// server.</summary>
    public bool IsDetached { get; init; }
}
