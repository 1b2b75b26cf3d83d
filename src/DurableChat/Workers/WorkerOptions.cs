using System.ComponentModel.DataAnnotations;
using DurableChat.Models;

namespace DurableChat.Workers;

/// <summary>How this replica drives chats.</summary>
public sealed record WorkerOptions
{
    /// <summary>The name under which this process holds leases; must differ from that of every other process, past ones included. Default: a new random one.</summary>
    public string Replica { get; set; } = Guid.CreateVersion7().ToString("N");

    /// <summary>The base URL at which other replicas reach this one, e.g. <c>http://10.0.0.5:8080</c>; null if none need to.</summary>
    public string? Address { get; set; }

    /// <summary>How many turns may run at once. 1 to 100,000; default 1,000. Further turns wait for a place.</summary>
    [Range(1, 100_000)]
    public int MaxConcurrentTurns { get; set; } = 1_000;

    /// <summary>How many of these turns may be of one owner, so that no owner can take all places. 1 to 100,000; default: a quarter of them, but at least 16.</summary>
    [Range(1, 100_000)]
    public int? MaxConcurrentTurnsOfOwner { get; set; }

    /// <summary>How many model calls a turn may take. 1 to 1,000; default 16.</summary>
    [Range(1, 1_000)]
    public int MaxSteps { get; set; } = 16;

    /// <summary>How often one model call is tried, crashes included. 1 to 100; default 5.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 5;

    /// <summary>How long the answer of one model call may get, in UTF-16 code units; it is cut off there. Default 1,000,000.</summary>
    [Range(1, 100_000_000)]
    public int MaxAnswerChars { get; set; } = 1_000_000;

    /// <summary>How many of the newest messages the model is given. Default 200: the durable window holds more, so that a turn reads no history.</summary>
    [Range(1, 1_000_000)]
    public int MaxHistoryMessages { get; set; } = 200;

    /// <summary>How many bytes of the newest messages the model is given. Default 512 KiB, for the same reason.</summary>
    [Range(1, int.MaxValue)]
    public int MaxHistoryBytes { get; set; } = 512 * 1024;

    /// <summary>How long a model's provider may send no byte, keep-alives included, before the attempt counts as failed. Default 5 minutes.</summary>
    public TimeSpan ModelSilence { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long a model may send nothing but keep-alives before the attempt counts as failed: models think in silence for minutes, but
    /// keep-alives alone can keep a dead answer open. Default 20 minutes.
    /// </summary>
    public TimeSpan ModelContentSilence { get; set; } = TimeSpan.FromMinutes(20);

    /// <summary>How long a model call may take in all, however much the model says. Default one hour.</summary>
    public TimeSpan MaxAnswerTime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long running turns may go on once the server is asked to stop; then they are handed over. Default 10 seconds.</summary>
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the replica says that it is alive. Default 5 seconds.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>After how long without a heartbeat a replica's chats are taken over. Must be several times the interval. Default 20 seconds.</summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How often the replica compares its leases in the store with what it drives, and looks for chats that nobody drives, in case no event said so. Default 4 seconds. At most half of
    /// <see cref="LeaseDuration"/>.
    /// </summary>
    public TimeSpan ReconcileInterval { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>What every model is told before the history; null for nothing.</summary>
    public string? SystemPrompt { get; set; }

    /// <summary>How failed model calls are repeated.</summary>
    public RetryOptions Retry { get; set; } = new();

    /// <summary>The share of one owner where none is set.</summary>
    internal static int ShareOf(int turns) => Math.Max(16, turns / 4);
}
