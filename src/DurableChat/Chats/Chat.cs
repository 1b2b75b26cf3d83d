using System.Text.Json.Serialization;

namespace DurableChat.Chats;

/// <summary>
/// The state of a chat at one <see cref="Version"/>, without its history. Immutable: <see cref="ChatRules"/> makes the
/// next state.
/// </summary>
public sealed record Chat
{
    /// <summary>How many earlier commits a state remembers: about four turns.</summary>
    public const int MaxAncestors = 8;

    /// <summary>How many generations with uncounted costs are remembered.</summary>
    internal const int MaxUncounted = 8;

    private readonly IReadOnlyList<Guid>? _ancestors;
    private readonly IReadOnlyList<long>? _uncounted;

    /// <summary>The id of the chat.</summary>
    public required ChatId Id { get; init; }

    /// <summary>The owner of the chat. It never changes.</summary>
    public required string Owner { get; init; }

    /// <summary>The display name.</summary>
    public required string Title { get; init; }

    /// <summary>
    /// The configured name of the model that the chat was created with. It never changes. It answers all messages that
    /// do not name another model.
    /// </summary>
    public required string Model { get; init; }

    /// <summary>The model for future messages, if it is not <see cref="Model"/>; otherwise null.</summary>
    public string? NextModel { get; init; }

    /// <summary>
    /// The settings for future messages that do not set their own. Null for the model's own settings.
    /// </summary>
    public GenerationSettings? Settings { get; init; }

    /// <summary>
    /// The model that answers the current turn, if its message names another model than <see cref="Model"/>.
    /// </summary>
    public string? TurnModel { get; init; }

    /// <summary>What the chat is doing.</summary>
    public required ChatStatus Status { get; init; }

    /// <summary>
    /// True if the owner has archived the chat. A running turn still ends normally, but no new message can be sent.
    /// </summary>
    public bool Archived { get; init; }

    /// <summary>
    /// The version, from 1. Each committed transition raises it by one. It is the compare-and-swap token.
    /// </summary>
    public required long Version { get; init; }

    /// <summary>
    /// The id of the commit that made this version. It is compared together with <see cref="Version"/>, because after a
    /// failover that lost a commit, a different commit with another id can have the same version. Empty if unknown.
    /// </summary>
    public Guid CommitId { get; init; }

    /// <summary>The ids of the preceding commits, newest first. At most <see cref="MaxAncestors"/>.</summary>
    public IReadOnlyList<Guid> Ancestors
    {
        // Null in states written by older replicas or stored in older databases.
        get => _ancestors ?? [];
        init => _ancestors = value;
    }

    /// <summary>
    /// The history epoch, from 1. A rewrite of the history raises it by one. An append does not change it.
    /// </summary>
    public required long Epoch { get; init; }

    /// <summary>The id of the newest message of the history (the head); 0 if there is none.</summary>
    public long LastMessageId { get; init; }

    /// <summary>
    /// The highest message id ever assigned. It is above <see cref="LastMessageId"/> only within the transition of an
    /// edit.
    /// </summary>
    public long LastAssignedId { get; init; }

    /// <summary>The number of the current or latest generation; 0 before the first. It never falls.</summary>
    public long Generation { get; init; }

    /// <summary>
    /// How often the current model call was started, including crashes and retries. 0 if no worker has started it.
    /// </summary>
    public int Attempt { get; init; }

    /// <summary>How many model calls of the current turn have committed.</summary>
    public int Step { get; init; }

    /// <summary>Set while a failed attempt waits for its retry.</summary>
    public RetryState? Retry { get; init; }

    /// <summary>Set while a fallback model answers the current turn because the previous model failed.</summary>
    public Fallback? Fallback { get; init; }

    /// <summary>The configured name of the model that answers the current turn.</summary>
    [JsonIgnore]
    public string AnsweringModel => Fallback?.Model ?? TurnModel ?? Model;

    /// <summary>
    /// How often the answering model has started the current model call: <see cref="Attempt"/> without the attempts of
    /// earlier models and without <see cref="Handovers"/>.
    /// </summary>
    [JsonIgnore]
    public int AttemptOfModel => Attempt - Handovers - (Fallback?.AttemptsBefore ?? 0);

    /// <summary>
    /// How often a stopping replica has handed the current model call over with its answer in flight. These starts are
    /// not failures of the answering model.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Handovers { get; init; }

    /// <summary>Set while the status is <see cref="ChatStatus.Error"/>.</summary>
    public ChatError? Error { get; init; }

    /// <summary>Tool calls in the history that have no result yet, in call order.</summary>
    public IReadOnlyList<ToolCallPart> PendingToolCalls { get; init; } = [];

    /// <summary>
    /// The answer that made the pending calls. Null if no call is pending, or if a version of the program without this
    /// field wrote the state.
    /// </summary>
    public CallOrigin? PendingCallOrigin { get; init; }

    /// <summary>The queue, starting with the message that runs next.</summary>
    public IReadOnlyList<QueuedMessage> Queue { get; init; } = [];

    /// <summary>The highest id ever given to a queued message.</summary>
    public long LastQueuedId { get; init; }

    /// <summary>The tools that run in the client. Set when the chat is created.</summary>
    public IReadOnlyList<ClientTool> ClientTools { get; init; } = [];

    /// <summary>The lease of the worker that drives the chat. Null if no worker drives it.</summary>
    public Lease? Lease { get; init; }

    /// <summary>The highest fencing token ever granted.</summary>
    public long LeaseToken { get; init; }

    /// <summary>When the chat was created (UTC).</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the last transition was committed (UTC).</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>
    /// The configured name of the model that answers the next message, unless the message names another.
    /// </summary>
    public string CurrentModel => NextModel ?? Model;

    /// <summary>True if a worker is needed: to run a turn, or to finish an interruption.</summary>
    public bool NeedsWorker => Status is ChatStatus.Running or ChatStatus.Interrupting;

    /// <summary>
    /// True while parts of an answer may exist that no commit has: a worker has started the current generation, and
    /// neither its answer nor its failure is committed.
    /// </summary>
    internal bool IsAnswerInFlight => NeedsWorker && Lease is not null && Attempt > 0 && !IsCallCounted;

    /// <summary>
    /// The origin of the pending calls. If a version without this field wrote the state, the generation is 0 and each
    /// remaining call gets a place, which it keeps when other calls are answered.
    /// </summary>
    internal CallOrigin OriginOfCalls =>
        PendingCallOrigin ?? new CallOrigin(0, [.. Enumerable.Range(0, PendingToolCalls.Count)]);

    /// <summary>
    /// The key that lets a tool detect a repeated call. It is unique among all calls of all chats, and stays the same
    /// each time the call runs.
    /// </summary>
    internal string IdempotencyKeyOf(int pendingIndex) =>
        OriginOfCalls is { Generation: > 0 } origin
            ? $"{Id}-{origin.Generation}-{origin.Places[pendingIndex]}"
            : PendingToolCalls[pendingIndex].CallId;

    /// <summary>
    /// The total cost of all model calls of the chat as far as providers reported it, including failed and stopped
    /// calls. Null if no provider reported any.
    /// </summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>
    /// Generations whose worker lost them and whose costs are not counted yet: the newest of them, oldest first.
    /// <see cref="RecordSpending"/> counts each of them once.
    /// </summary>
    public IReadOnlyList<long> UncountedGenerations
    {
        get => _uncounted ?? [];
        init => _uncounted = value;
    }

    /// <summary>
    /// True if a commit has already counted the cost of the current model call, together with its failure or with its
    /// answer and pending calls. A later commit that ends the attempt must not count it again.
    /// </summary>
    internal bool IsCallCounted => Retry is not null || PendingToolCalls.Count > 0;

    /// <summary>
    /// True if the two states cannot belong to the same line of commits: two commits made the same version, because a
    /// failover lost one of them. False if this cannot be determined, for example because the states are more than
    /// <see cref="MaxAncestors"/> commits apart.
    /// </summary>
    /// <param name="other">Another state of the same chat.</param>
    public bool Contradicts(Chat other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Version < other.Version
            ? other.Contradicts(this)
            : Differ(FindCommit(other.Version), other.CommitId) || Epoch < other.Epoch;
    }

    /// <summary>
    /// True if this state is later than <paramref name="earlier"/> and names its commit among the preceding ones.
    /// </summary>
    /// <param name="earlier">A state of the same chat.</param>
    internal bool Follows(Chat earlier) =>
        Version > earlier.Version
            && Epoch >= earlier.Epoch
            && earlier.CommitId != Guid.Empty
            && FindCommit(earlier.Version) == earlier.CommitId;

    /// <summary>
    /// True if this state descends from a different commit of the version. See <see cref="Contradicts(Chat)"/>.
    /// </summary>
    /// <param name="version">A version, at most this state's.</param>
    /// <param name="commitId">The commit that is claimed to have made that version.</param>
    public bool Contradicts(long version, Guid commitId) => version <= Version && Differ(FindCommit(version), commitId);

    private static bool Differ(Guid one, Guid other) => one != Guid.Empty && other != Guid.Empty && one != other;

    /// <summary>The id of the commit that made this version or an earlier one. Empty if it is not remembered.</summary>
    private Guid FindCommit(long version)
    {
        var distance = Version - version;
        return distance == 0 ? CommitId : distance <= Ancestors.Count ? Ancestors[(int)distance - 1] : Guid.Empty;
    }
}
