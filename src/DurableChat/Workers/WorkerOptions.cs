using System.ComponentModel.DataAnnotations;
using DurableChat.Models;
using Microsoft.Extensions.Options;

namespace DurableChat.Workers;

/// <summary>Settings for how this replica drives chats.</summary>
public sealed record WorkerOptions
{
    /// <summary>
    /// The name under which this process holds leases. It must differ from that of every other process, including past
    /// ones. Default: a new random name.
    /// </summary>
    public string Replica { get; set; } = Guid.CreateVersion7().ToString("N");

    /// <summary>
    /// The base URL at which other replicas reach this one, e.g. <c>http://10.0.0.5:8080</c>. Default null: other
    /// replicas need not reach it.
    /// </summary>
    public string? Address { get; set; }

    /// <summary>
    /// How many turns may run at the same time. Further turns wait for a place. 1 to 100,000. Default 1,000.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxConcurrentTurns { get; set; } = 1_000;

    /// <summary>
    /// How many of these turns may belong to one owner, so that no owner can take all places. 1 to 100,000. Default: a
    /// quarter of them, but at least 16.
    /// </summary>
    [Range(1, 100_000)]
    public int? MaxConcurrentTurnsOfOwner { get; set; }

    /// <summary>How many model calls a turn may make. 1 to 1,000. Default 16.</summary>
    [Range(1, 1_000)]
    public int MaxSteps { get; set; } = 16;

    /// <summary>
    /// How many attempts one model call gets, including those that end in a crash. 1 to 100. Default 5.
    /// </summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 5;

    /// <summary>
    /// The maximum length of a model call's answer, in UTF-16 code units. The answer is cut off there. 1 to
    /// 100,000,000. Default 1,000,000.
    /// </summary>
    [Range(1, 100_000_000)]
    public int MaxAnswerChars { get; set; } = 1_000_000;

    /// <summary>
    /// How many of the newest messages the model gets. The default is less than the durable window holds, so that a
    /// turn reads no history. 1 to 1,000,000. Default 200.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxHistoryMessages { get; set; } = 200;

    /// <summary>
    /// How many bytes of the newest messages the model gets. The default is less than the durable window holds, so that
    /// a turn reads no history. At least 1. Default 512 KiB.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int MaxHistoryBytes { get; set; } = 512 * 1024;

    /// <summary>
    /// How long a model's provider may send no bytes, not even keep-alives, before the attempt counts as failed.
    /// Default 5 minutes.
    /// </summary>
    public TimeSpan ModelSilence { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long a model may send only keep-alives before the attempt counts as failed. Models can reason in silence for
    /// minutes, but keep-alives alone can also keep a dead answer open. Default 20 minutes.
    /// </summary>
    public TimeSpan ModelContentSilence { get; set; } = TimeSpan.FromMinutes(20);

    /// <summary>How long a model call may take in total, however much the model sends. Default one hour.</summary>
    public TimeSpan MaxAnswerTime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long running turns may continue after the server is asked to stop. They are then handed over with what they
    /// have so far. Turns whose answers are kept, e.g. by a recorder, are handed over at once. Default 10 seconds.
    /// </summary>
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How often the replica sends a heartbeat, and looks for replicas that have died: it takes their chats over within
    /// three intervals. On SQLite, which only one process uses, the heartbeat is sent at most every quarter of
    /// <see cref="LeaseDuration"/>. Default 1 second.
    /// </summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long after its last heartbeat a replica's chats are taken over even if its connection to the database looks
    /// open. Must be several times the heartbeat interval. Default 20 seconds.
    /// </summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How often the replica compares its leases in the store with its runs, and looks for chats without a worker, in
    /// case an event was lost. At most half of <see cref="LeaseDuration"/>. Default 4 seconds.
    /// </summary>
    public TimeSpan ReconcileInterval { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>
    /// How long a part of an answer may be visible before it is durable. If the replica dies, clients keep the parts
    /// that were visible for longer. The replica writes at most twice per interval, however many answers are in flight.
    /// Zero writes none. Default 1 second.
    /// </summary>
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Instructions for every model, before the history. Default null: none.</summary>
    public string? SystemPrompt { get; set; }

    /// <summary>Settings for retries of failed model calls.</summary>
    [ValidateObjectMembers]
    public RetryOptions Retry { get; set; } = new();

    /// <summary>The default share of one owner.</summary>
    internal static int ShareOf(int turns) => Math.Max(16, turns / 4);
}
