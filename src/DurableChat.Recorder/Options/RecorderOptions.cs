using DurableChat.Recorder.Ledgers;
using DurableChat.Recorder.Recordings;

namespace DurableChat.Recorder.Options;

/// <summary>Options of a recorder.</summary>
internal sealed record RecorderOptions
{
    /// <summary>Where it listens: <c>unix:/path</c>, or an http URL.</summary>
    public required string Listen { get; init; }

    /// <summary>The secret that servers must present.</summary>
    public required SharedSecret Secret { get; init; }

    /// <summary>The hosts to which it may send requests.</summary>
    public required AllowedHosts Hosts { get; init; }

    /// <summary>The folder for what does not fit into memory.</summary>
    public required string Folder { get; init; }

    /// <summary>How many exchanges are kept, and for how long.</summary>
    public LedgerLimits Ledger { get; init; } = new();

    /// <summary>How much of one answer is kept in memory and on disk.</summary>
    public RecordingLimits Recording { get; init; } = new();

    /// <summary>The maximum memory of all answers together, in bytes.</summary>
    public long MemoryBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>The maximum size of all files together, in bytes.</summary>
    public long SpoolBytes { get; init; } = 4L * 1024 * 1024 * 1024;

    /// <summary>The maximum size of a request, in bytes.</summary>
    public long MaxRequestBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>After how long without a server it ends; null for never.</summary>
    public TimeSpan? IdleTime { get; init; }

    /// <summary>
    /// True if it ignores the terminal's signals, because a server started it and it must outlive that server.
    /// </summary>
    public bool IsDetached { get; init; }
}
