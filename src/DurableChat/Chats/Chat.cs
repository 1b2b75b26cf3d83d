using System.Text.Json.Serialization;

namespace DurableChat.Chats;

/// <summary>
/// The state of a chat at one <see cref="Version"/>, without its history. Immutable; <see cref="ChatRules"/> makes the next one.
/// </summary>
public sealed record Chat
{
    /// <summary>How many earlier commits a state remembers: those of about four turns.</summary>
    public const int MaxAncestors = 8;

    /// <summary>How many generations are remembered whose cost may still be counted.</summary>
    internal const int MaxUncounted = 8;

    private readonly IReadOnlyList<Guid>? _ancestors;
    private readonly IReadOnlyList<long>? _uncounted;

    /// <summary>Which chat.</summary>
    public required ChatId Id { get; init; }

    /// <summary>Whose chat. It never changes.</summary>
    public required string Owner { get; init; }

    /// <summary>A name for people.</summary>
    public required string Title { get; init; }

    /// <summary>
    /// The configured name of the model that the chat was created with. It never changes: messages that name no other
    /// are answered by it.
    /// </summary>
    public required string Model { get; init; }

    /// <summary>The model of messages still to come, if it is another; null for <see cref="Model"/>.</summary>
    public string? NextModel { get; init; }

    /// <summary>
    /// How messages still to come are answered, unless they say otherwise; null for the model's own settings.
    /// </summary>
    public GenerationSettings? Settings { get; init; }

    /// <summary>
    /// The model that answers the present turn, if its message has named another than <see cref="Model"/>.
    /// </summary>
    public string? TurnModel { get; init; }

    /// <summary>Where the chat stands.</summary>
    public required ChatStatus Status { get; init; }

    /// <summary>True if the owner has put it away. A running turn ends as usual; nothing new can be sent.</summary>
    public bool Archived { get; init; }

    /// <summary>Rises by one with every committed transition, from 1: the compare-and-swap token.</summary>
    public required long Version { get; init; }

    /// <summary>
    /// Which commit made this version; the compare-and-swap token beside <see cref="Version"/>. A failover that loses a commit gives its version to another one, with another id. Empty if it is not known.
    /// </summary>
    public Guid CommitId { get; init; }

    /// <summary>The commits before it, the newest first: <see cref="MaxAncestors"/> at most.</summary>
    public IReadOnlyList<Guid> Ancestors
    {
        // What an older replica or an older database wrote has none.
        get => _ancestors ?? [];
        init => _ancestors = value;
    }

    /// <summary>Rises by one when history is rewritten, from 1. An append does not change it.</summary>
    public required long Epoch { get; init; }

    /// <summary>The id of the newest message of the history (the head); 0 if there is none.</summary>
    public long LastMessageId { get; init; }

    /// <summary>The highest message id ever given. Above <see cref="LastMessageId"/> only inside the transition that edits.</summary>
    public long LastAssignedId { get; init; }

    /// <summary>The number of the current or latest generation; 0 before the first. It never falls.</summary>
    public long Generation { get; init; }

    /// <summary>How often the current model call was begun, crashes and retries included; 0 if no worker has begun it.</summary>
    public int Attempt { get; init; }

    /// <summary>How many model calls of the current turn have committed.</summary>
    public int Step { get; init; }

    /// <summary>Set while a failed attempt waits to be repeated.</summary>
    public RetryState? Retry { get; init; }

    /// <summary>Set while another model answers the present turn because the one that was to answer it has failed.</summary>
    public Fallback? Fallback { get; init; }

    /// <summary>The configured name of the model that answers the present turn.</summary>
    [JsonIgnore]
    public string AnsweringModel => Fallback?.Model ?? TurnModel ?? Model;

    /// <summary>How often the answering model has begun the current model call: <see cref="Attempt"/> without those of models before it.</summary>
    [JsonIgnore]
    public int AttemptOfModel => Attempt - (Fallback?.AttemptsBefore ?? 0);

    /// <summary>Set while the status is <see cref="ChatStatus.Error"/>.</summary>
    public ChatError? Error { get; init; }

    /// <summary>Tool calls of the history that have no result yet, in the order of the calls.</summary>
    public IReadOnlyList<ToolCallPart> PendingToolCalls { get; init; } = [];

    /// <summary>Which answer made the pending calls; null if none is pending, or if a version of the program that did not know it wrote the state.</summary>
    public CallOrigin? PendingCallOrigin { get; init; }

    /// <summary>The queue, its head first.</summary>
    public IReadOnlyList<QueuedMessage> Queue { get; init; } = [];

    /// <summary>The highest id ever given to a queued message.</summary>
    public long LastQueuedId { get; init; }

    /// <summary>The tools that run in the client. Set when the chat is created.</summary>
    public IReadOnlyList<ClientTool> ClientTools { get; init; } = [];

    /// <summary>Who drives the chat; null if nobody does.</summary>
    public Lease? Lease { get; init; }

    /// <summary>The highest fencing token ever given.</summary>
    public long LeaseToken { get; init; }

    /// <summary>When it was created (UTC).</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the last transition was committed (UTC).</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The configured name of the model that answers the next message, unless that names another.</summary>
    public string CurrentModel => NextModel ?? Model;

    /// <summary>True if a worker has something to do: a turn to run, or an interruption to finish.</summary>
    public bool NeedsWorker => Status is ChatStatus.Running or ChatStatus.Interrupting;

    /// <summary>
    /// The origin of the pending calls, also where a version that did not know it wrote the state: then of generation 0, with a place for each call that is left,
    /// which stays with it when others are answered.
    /// </summary>
    internal CallOrigin OriginOfCalls => PendingCallOrigin ?? new CallOrigin(0, [.. Enumerable.Range(0, PendingToolCalls.Count)]);

    /// <summary>
    /// What a tool is given to recognise a repetition of a pending call: unique among all calls of all chats, and the same each time the call runs.
    /// </summary>
    internal string IdempotencyKeyOf(int pendingIndex) =>
        OriginOfCalls is { Generation: > 0 } origin ? $"{Id}-{origin.Generation}-{origin.Places[pendingIndex]}" : PendingToolCalls[pendingIndex].CallId;

    /// <summary>What all model calls of the chat have cost so far, failed and stopped ones included, as far as providers said; null if none did.</summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>
    /// Generations that were taken from the worker that drove them, and of which nothing is counted yet: the newest of them, oldest first. Each can be counted once, by
    /// <see cref="RecordSpending"/>.
    /// </summary>
    public IReadOnlyList<long> UncountedGenerations
    {
        get => _uncounted ?? [];
        init => _uncounted = value;
    }

    /// <summary>
    /// True if a commit has counted what the present model call cost: its failure, or its answer with the calls that
    /// are pending. Whatever ends the attempt afterwards must not count it again.
    /// </summary>
    internal bool IsCallCounted => Retry is not null || PendingToolCalls.Count > 0;

    /// <summary>
    /// True if the two states cannot belong to one line of commits: a version was made by two commits, because a failover lost one of them. False if that is not known, e.g. because the two are
    /// further apart than <see cref="MaxAncestors"/>.
    /// </summary>
    /// <param name="other">Another state of the same chat.</param>
    public bool Contradicts(Chat other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Version < other.Version ? other.Contradicts(this) : Differ(FindCommit(other.Version), other.CommitId) || Epoch < other.Epoch;
    }

    /// <summary>True if this state is later than another, and names its commit among those before it.</summary>
    /// <param name="earlier">A state of the same chat.</param>
    internal bool Follows(Chat earlier) =>
        Version > earlier.Version
            && Epoch >= earlier.Epoch
            && earlier.CommitId != Guid.Empty
            && FindCommit(earlier.Version) == earlier.CommitId;

    /// <summary>True if this state comes from another commit of that version, as <see cref="Contradicts(Chat)"/>.</summary>
    /// <param name="version">A version, not above this state's.</param>
    /// <param name="commitId">The commit that is said to have made it.</param>
    public bool Contradicts(long version, Guid commitId) => version <= Version && Differ(FindCommit(version), commitId);

    private static bool Differ(Guid one, Guid other) => one != Guid.Empty && other != Guid.Empty && one != other;

    /// <summary>The commit that made an earlier version, or this one; empty if that is not remembered.</summary>
    private Guid FindCommit(long version)
    {
        var distance = Version - version;
        return distance == 0 ? CommitId : distance <= Ancestors.Count ? Ancestors[(int)distance - 1] : Guid.Empty;
    }
}
