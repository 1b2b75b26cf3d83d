namespace DurableChat.Chats;

/// <summary>
/// Builds a transition. It holds the bookkeeping that all rules share: ids without gaps, links between neighbours,
/// pending tool calls, the queue, generations and leases. Not thread-safe. Used for one decision.
/// </summary>
internal sealed class TransitionDraft
{
    private readonly DateTimeOffset _now;
    private readonly List<Message> _appended = [];
    private readonly List<QueuedMessage> _enqueued = [];
    private readonly List<long> _dequeued = [];
    private readonly Chat _before;
    private readonly TransitionCosts _costs;
    private long? _removedFrom;
    private long? _fencingToken;
    private bool _mayHaveCheckpoint = true;

    public TransitionDraft(Chat chat, DateTimeOffset now)
    {
        _now = now;
        _before = chat;
        _costs = new TransitionCosts(chat);
        Next = chat with
        {
            Version = chat.Version + 1,
            CommitId = Guid.Empty,
            Ancestors = chat.Version == 0 ? [] : [chat.CommitId, .. chat.Ancestors.Take(Chat.MaxAncestors - 1)],
            UpdatedAt = now > chat.UpdatedAt ? now : chat.UpdatedAt,
        };
    }

    /// <summary>The state so far. Rules may set it directly.</summary>
    public Chat Next { get; set; }

    /// <summary>True if the store must write the chat's settings for future messages.</summary>
    public bool ChangesSettings => _before.Version == 0
        ? Next is not { NextModel: null, Settings: null }
        : Next.NextModel != _before.NextModel || !GenerationSettings.AreSame(Next.Settings, _before.Settings);

    /// <summary>
    /// Makes the commit depend on the lease as well as the version, and counts costs that the command carries apart
    /// from its answer.
    /// </summary>
    public TransitionDraft FencedBy(GenerationCommand command)
    {
        _fencingToken = command.Token;
        _mayHaveCheckpoint = command.HasCheckpoint;
        Next = _costs.Spend(Next, command.Usage);
        return this;
    }

    /// <summary>
    /// Appends a user message with the model and settings for its answer. Later changes to the chat do not affect them.
    /// </summary>
    /// <param name="content">The question.</param>
    /// <param name="model">The model that answers it. Null for the chat's model.</param>
    /// <param name="settings">The settings of the answer.</param>
    /// <param name="queuedId">The message's number in the queue. Null if it was not queued.</param>
    public void AppendUser(string content, string? model, GenerationSettings? settings, long? queuedId = null) =>
        Append(
            MessageRole.User,
            [new TextPart(content)],
            message => message with
            {
                Model = model == Next.Model ? null : model,
                Settings = GenerationSettings.OrNull(settings),
                QueuedId = queuedId,
            });

    /// <summary>Sets the model and settings for future messages. Null keeps them.</summary>
    public void Choose(string? model, GenerationSettings? settings)
    {
        if (model is not null)
        {
            Next = Next with { NextModel = model == Next.Model ? null : model };
        }

        if (settings is not null && !GenerationSettings.AreSame(settings, Next.Settings))
        {
            Next = Next with { Settings = GenerationSettings.OrNull(settings) };
        }
    }

    /// <summary>
    /// Appends an earlier conversation. Each answer gets its own generation, as if it had been made here.
    /// </summary>
    public void AppendHistory(IReadOnlyList<HistoryEntry> history)
    {
        foreach (var entry in history)
        {
            if (entry.Role == MessageRole.Assistant)
            {
                Next = Next with { Generation = Next.Generation + 1 };
            }

            Append(entry.Role, entry.Parts, message => entry.Complete(message, Next, _now));
        }
    }

    public void AppendAnswer(Answer? answer)
    {
        // An empty answer is a valid end if all tokens went into reasoning, or if the provider withheld the answer. It
        // is shown as such.
        if (answer is null or { Parts.Count: 0, FinishReason: not (FinishReason.Length or FinishReason.ContentFilter) })
        {
            Next = _costs.Spend(Next, answer?.Usage);
            return;
        }

        Next = Next with { Generation = Next.Generation + (answer.MayDifferFromParts ? 1 : 0) };
        Append(MessageRole.Assistant, answer.Parts, message => message with
        {
            Generation = Next.Generation,
            Model = Next.AnsweringModel,
            FinishReason = answer.FinishReason,
            Usage = answer.Usage,
            Replay = answer.Replay,
            Instructions = answer.Instructions,
        });
        Next = _costs.Spend(Next, answer.Usage);
        ToolCallPart[] calls = [.. answer.ToolCalls];
        if (calls.Length > 0)
        {
            SetPending(calls, new CallOrigin(Next.Generation, [.. Enumerable.Range(0, calls.Length)]));
        }
    }

    /// <summary>
    /// Appends results of pending calls, which are then no longer pending. False if a result belongs to no pending
    /// call.
    /// </summary>
    public bool TryAppendToolResults(IReadOnlyList<ToolResultPart> results)
    {
        if (results.Count == 0)
        {
            return true;
        }

        var answered = PendingCalls.Match(Next.PendingToolCalls, results).ToHashSet();
        if (answered.Contains(-1))
        {
            return false;
        }

        Append(MessageRole.Tool, results);
        var origin = Next.OriginOfCalls;
        SetPending(
            [.. Next.PendingToolCalls.Where((_, index) => !answered.Contains(index))],
            origin with { Places = [.. origin.Places.Where((_, index) => !answered.Contains(index))] });
        return true;
    }

    /// <summary>
    /// Writes a result for every pending call. Calls without a result get the reason, and whether they may have had
    /// effects. Providers reject a history in which a call has no result, so no transition may end a turn with pending
    /// calls.
    /// </summary>
    /// <param name="reason">Why the remaining calls get no result.</param>
    /// <param name="results">The results that arrived.</param>
    /// <param name="notBegun">Places of calls that are known not to have started.</param>
    /// <returns>False if a result belongs to no pending call.</returns>
    public bool TryEndToolCalls(string reason, IReadOnlyList<ToolResultPart> results, IReadOnlyList<int> notBegun)
    {
        var pending = Next.PendingToolCalls;
        var matches = PendingCalls.Match(pending, results);
        if (matches.Contains(-1))
        {
            return false;
        }

        if (pending.Count == 0)
        {
            return true;
        }

        var ends = PendingCalls.Ends(Next, reason, notBegun);
        for (var i = 0; i < results.Count; i++)
        {
            ends[matches[i]] = results[i];
        }

        Append(MessageRole.Tool, ends);
        SetPending([], null);
        return true;
    }

    /// <summary>Ends pending calls that have no result.</summary>
    public void CancelPendingToolCalls(string reason) => TryEndToolCalls(reason, [], []);

    /// <summary>Removes a message and everything after it, including its pending calls.</summary>
    public void RemoveFrom(Message first)
    {
        _removedFrom = first.Id;
        Next = Next with { Epoch = Next.Epoch + 1, LastMessageId = first.PreviousId };
        SetPending([], null);
    }

    public void Enqueue(SendMessage message, bool urgent)
    {
        var queued = new QueuedMessage(Next.LastQueuedId + 1, message.Content, urgent, _now)
        {
            Model = message.Model == Next.Model ? null : message.Model,
            Settings = GenerationSettings.OrNull(message.Settings),
        };
        _enqueued.Add(queued);
        var queue = Next.Queue.ToList();
        queue.Insert(urgent ? queue.FindLastIndex(other => other.Urgent) + 1 : queue.Count, queued);
        Next = Next with { Queue = queue, LastQueuedId = queued.Id };
    }

    /// <summary>Removes a message from the queue.</summary>
    /// <returns>
    /// False if it enters and leaves the queue within this transition. For the store and the sender, it was then never
    /// queued.
    /// </returns>
    public bool Dequeue(QueuedMessage queued)
    {
        Next = Next with { Queue = [.. Next.Queue.Where(other => other.Id != queued.Id)] };
        if (_enqueued.RemoveAll(other => other.Id == queued.Id) > 0)
        {
            return false;
        }

        _dequeued.Add(queued.Id);
        return true;
    }

    /// <summary>
    /// Starts a turn for the newest user message. With a claim, the lease starts in the same commit. Without one, any
    /// earlier lease ends, so that its holder is fenced off.
    /// </summary>
    public void StartTurn(string? claimBy)
    {
        Enter(ChatStatus.Running);
        Next = Next with { TurnModel = _appended.FindLast(message => message.Role == MessageRole.User)?.Model };
        if (claimBy is not null)
        {
            GrantLease(claimBy);
        }
    }

    /// <summary>Grants the lease with a higher token than all earlier ones, and starts an attempt.</summary>
    public void GrantLease(string replica)
    {
        var token = Next.LeaseToken + 1;
        Next = Next with { Lease = new Lease(replica, token), LeaseToken = token };
        BeginGeneration(Next.Attempt + 1);
    }

    /// <summary>
    /// Grants the lease with a higher token than all earlier ones, and starts another attempt at the same generation.
    /// </summary>
    public void ContinueLease(string replica)
    {
        var token = Next.LeaseToken + 1;
        Next = Next with { Lease = new Lease(replica, token), LeaseToken = token, Attempt = Next.Attempt + 1 };
    }

    /// <summary>
    /// Ends the right of the present worker, and leaves the answer in flight to the next one. The token rises, so that
    /// nothing of the present worker counts any more.
    /// </summary>
    public void HandOver()
    {
        var token = Next.LeaseToken + 1;
        Next = Next with
        {
            Lease = new Lease(Lease.NoReplica, token),
            LeaseToken = token,
            Handovers = Next.Handovers + 1,
        };
    }

    /// <summary>
    /// Starts a generation. Attempts of earlier models count only within the model call in which they failed.
    /// </summary>
    public void BeginGeneration(int attempt) => Next = Next with
    {
        Generation = Next.Generation + 1,
        Attempt = attempt,
        Handovers = attempt > 1 ? Next.Handovers : 0,
        Retry = null,
        Fallback = Next.Fallback is { } fallback && attempt <= fallback.AttemptsBefore
            ? fallback with { AttemptsBefore = 0 }
            : Next.Fallback,
    };

    /// <summary>
    /// Ends a turn. The head of the queue runs under the same lease, or is claimed. If the queue is empty, the chat
    /// waits and the lease ends. The queue of an archived chat is paused.
    /// </summary>
    public void EndTurn(string? claimBy = null)
    {
        // Calls that are pending here came with the answer that ends the turn.
        TryEndToolCalls(CancellationReasons.TurnEnded, [], Next.OriginOfCalls.Places);
        if (!Next.Archived && Next.Queue is [var head, ..])
        {
            var hasWaited = Dequeue(head);
            AppendUser(head.Content, head.Model, head.Settings, hasWaited ? head.Id : null);
            var lease = Next.Lease;
            StartTurn(lease is null ? claimBy : null);
            if (lease is not null)
            {
                Next = Next with { Lease = lease };
                BeginGeneration(attempt: 1);
            }

            return;
        }

        Enter(ChatStatus.Waiting);
    }

    /// <summary>Sets a status that clears the previous turn: its attempts, its lease and its own model.</summary>
    public void Enter(ChatStatus status, ChatError? error = null) => Next = Next with
    {
        Status = status,
        TurnModel = null,
        Error = error,
        Retry = null,
        Fallback = null,
        Step = 0,
        Attempt = 0,
        Handovers = 0,
        Lease = null,
    };

    /// <inheritdoc cref="TransitionCosts.Settle"/>
    public void Settle(RecordSpending command) => Next = _costs.Settle(Next, command);

    public Decision.Accepted Accept() => new(new Transition
    {
        Next = _costs.WithAbandoned(Next, isOfWorker: _fencingToken is not null),
        FencingToken = _fencingToken,
        RemovedFrom = _removedFrom,
        Appended = _appended,
        Enqueued = _enqueued,
        Dequeued = _dequeued,
        ChangesSettings = ChangesSettings,
        RemovesCheckpoint = _mayHaveCheckpoint && HadAnswer && !IsSameAnswer(Next),
        Spent = _costs.Spent,
    });

    /// <summary>
    /// True if an answer was in flight. A failed attempt counts: it is shown until the next one starts.
    /// </summary>
    private bool HadAnswer =>
        _before is { NeedsWorker: true, Lease: not null, Attempt: > 0, PendingToolCalls.Count: 0 };

    private bool IsSameAnswer(Chat next) =>
        next.NeedsWorker
            && next.Lease is not null
            && next.Generation == _before.Generation
            && next.Epoch == _before.Epoch
            && next.PendingToolCalls.Count == 0;

    private void SetPending(ToolCallPart[] calls, CallOrigin? origin) =>
        Next = Next with { PendingToolCalls = calls, PendingCallOrigin = calls.Length == 0 ? null : origin };

    private void Append(MessageRole role, IReadOnlyList<MessagePart> parts, Func<Message, Message>? complete = null)
    {
        var message = new Message
        {
            Id = Next.LastAssignedId + 1,
            PreviousId = Next.LastMessageId,
            Role = role,
            Parts = parts,
            CreatedAt = _now,
        };
        _appended.Add(complete is null ? message : complete(message));
        Next = Next with { LastMessageId = message.Id, LastAssignedId = message.Id };
    }
}
