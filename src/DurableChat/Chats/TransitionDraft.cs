namespace DurableChat.Chats;

/// <summary>
/// A transition in the making. It keeps the bookkeeping that every rule shares in one place: ids without gaps, links between
/// neighbours, pending tool calls, the queue, generations and leases. Not thread-safe; used for one decision.
/// </summary>
internal sealed class TransitionDraft
{
    private readonly DateTimeOffset _now;
    private readonly List<Message> _appended = [];
    private readonly List<QueuedMessage> _enqueued = [];
    private readonly List<long> _dequeued = [];
    private readonly Chat _before;
    private Spending? _spent;
    private long? _removedFrom;
    private long? _fencingToken;

    public TransitionDraft(Chat chat, DateTimeOffset now)
    {
        _now = now;
        _before = chat;
        Next = chat with
        {
            Version = chat.Version + 1,
            CommitId = Guid.Empty,
            Ancestors = chat.Version == 0 ? [] : [chat.CommitId, .. chat.Ancestors.Take(Chat.MaxAncestors - 1)],
            UpdatedAt = now > chat.UpdatedAt ? now : chat.UpdatedAt,
        };
    }

    /// <summary>The state so far. Rules set it directly for what only they know.</summary>
    public Chat Next { get; set; }

    /// <summary>True if the store has to write what the chat sets for messages still to come.</summary>
    public bool ChangesSettings => _before.Version == 0
        ? Next is not { NextModel: null, Settings: null }
        : Next.NextModel != _before.NextModel || !GenerationSettings.AreSame(Next.Settings, _before.Settings);

    /// <summary>Makes the commit depend on the lease, not only on the version, and counts what the generation has cost beside its answer.</summary>
    public TransitionDraft FencedBy(GenerationCommand command)
    {
        _fencingToken = command.Token;
        Spend(command.Usage);
        return this;
    }

    /// <summary>
    /// Appends a question with what it is to be answered by, which stays with it whatever becomes of the chat.
    /// </summary>
    /// <param name="content">The question.</param>
    /// <param name="model">The model that answers it; null for the chat's.</param>
    /// <param name="settings">How it is answered.</param>
    /// <param name="queuedId">The number it had in the queue; null if it did not wait there.</param>
    public void AppendUser(string content, string? model, GenerationSettings? settings, long? queuedId = null) => Append(
        MessageRole.User,
        [new TextPart(content)],
        message => message with
        {
            Model = model == Next.Model ? null : model,
            Settings = GenerationSettings.OrNull(settings),
            QueuedId = queuedId,
        });

    /// <summary>Sets what messages still to come are answered by; null leaves it.</summary>
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

    /// <summary>Appends what was said elsewhere. Each answer gets a generation of its own, as if it had been made here.</summary>
    public void AppendHistory(IReadOnlyList<HistoryEntry> history)
    {
        foreach (var entry in history)
        {
            if (entry.Role == MessageRole.Assistant)
            {
                Next = Next with { Generation = Next.Generation + 1 };
            }

            Append(entry.Role, entry.Parts, message => entry.Role == MessageRole.Assistant
                ? Complete(message, entry)
                : message with
                {
                    Model = entry.Model == Next.Model ? null : entry.Model,
                    Settings = GenerationSettings.OrNull(entry.Settings),
                    CreatedAt = TimeOf(entry),
                });
        }
    }

    public void AppendAnswer(Answer? answer)
    {
        // All tokens went into thought, or the provider withholds the answer: that is an end, and shown as one.
        if (answer is null or { Parts.Count: 0, FinishReason: not (FinishReason.Length or FinishReason.ContentFilter) })
        {
            Spend(answer?.Usage);
            return;
        }

        Append(MessageRole.Assistant, answer.Parts, message => message with
        {
            Generation = Next.Generation,
            Model = Next.AnsweringModel,
            FinishReason = answer.FinishReason,
            Usage = answer.Usage,
            Replay = answer.Replay,
            Instructions = answer.Instructions,
        });
        Spend(answer.Usage);
        ToolCallPart[] calls = [.. answer.ToolCalls];
        if (calls.Length > 0)
        {
            SetPending(calls, new CallOrigin(Next.Generation, [.. Enumerable.Range(0, calls.Length)]));
        }
    }

    /// <summary>Appends results of pending calls, which are pending no more; false if one of them belongs to no pending call.</summary>
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
    /// Writes a result for every pending call: the one that came, or for calls that will never get one, why, and whether they may have had effects. Providers
    /// refuse a history in which a call has no result, so no transition may leave a turn with calls pending.
    /// </summary>
    /// <param name="reason">Why the calls get no result.</param>
    /// <param name="results">Those that came.</param>
    /// <param name="notBegun">Places of calls that are known never to have begun.</param>
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

        // What the client was asked for, the client knows.
        var isClients = Next.Status == ChatStatus.RequiresAction;
        var (places, neverBegan) = (Next.OriginOfCalls.Places, notBegun.ToHashSet());
        var ends = pending.Select((call, index) => new ToolResultPart(
            call.CallId,
            isClients ? reason
            : neverBegan.Contains(places[index]) ? reason + CancellationReasons.DidNotRun
            : reason + CancellationReasons.MayHaveRun,
            IsError: true)).ToArray();
        for (var i = 0; i < results.Count; i++)
        {
            ends[matches[i]] = results[i];
        }

        Append(MessageRole.Tool, ends);
        SetPending([], null);
        return true;
    }

    /// <summary>Ends pending calls of which no result came.</summary>
    public void CancelPendingToolCalls(string reason) => TryEndToolCalls(reason, [], []);

    /// <summary>Removes a message and all that follows it. What was pending there is gone with it.</summary>
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

    /// <summary>Takes a message out of the queue.</summary>
    /// <returns>
    /// False if it enters and leaves the queue within this transition: then it was never in it, for the store and for its
    /// sender.
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
    /// Begins a turn for the newest user message. With a claim the lease begins in the same commit; without one any earlier lease ends,
    /// so that whoever drove the chat before is fenced off.
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

    /// <summary>Gives the lease, with a token above all before, and begins an attempt.</summary>
    public void GrantLease(string replica)
    {
        var token = Next.LeaseToken + 1;
        Next = Next with { Lease = new Lease(replica, token), LeaseToken = token };
        BeginGeneration(Next.Attempt + 1);
    }

    /// <summary>Begins a generation. Attempts of models before count only within the model call in which they failed.</summary>
    public void BeginGeneration(int attempt) => Next = Next with
    {
        Generation = Next.Generation + 1,
        Attempt = attempt,
        Retry = null,
        Fallback = Next.Fallback is { } fallback && attempt <= fallback.AttemptsBefore
            ? fallback with { AttemptsBefore = 0 }
            : Next.Fallback,
    };

    /// <summary>
    /// Ends a turn: the head of the queue runs under the same lease (or is claimed), else the chat waits and the lease ends. Of a chat that was put away nothing new runs: its queue rests.
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

    /// <summary>Sets a status in which nothing is left of the turn before: no attempts, no lease, no model of its own.</summary>
    public void Enter(ChatStatus status, ChatError? error = null) => Next = Next with
    {
        Status = status,
        TurnModel = null,
        Error = error,
        Retry = null,
        Fallback = null,
        Step = 0,
        Attempt = 0,
        Lease = null,
    };

    /// <summary>Counts what a model call has cost whose worker lost its lease, once.</summary>
    public void Settle(RecordSpending command)
    {
        Next = Next with { UncountedGenerations = [.. Next.UncountedGenerations.Where(generation => generation != command.Generation)] };
        Add(new Spending(command.Model, command.Usage));
    }

    public Decision.Accepted Accept() => new(new Transition
    {
        Next = WithAbandoned(Next),
        FencingToken = _fencingToken,
        RemovedFrom = _removedFrom,
        Appended = _appended,
        Enqueued = _enqueued,
        Dequeued = _dequeued,
        ChangesSettings = ChangesSettings,
        Spent = _spent,
    });

    private void SetPending(ToolCallPart[] calls, CallOrigin? origin) =>
        Next = Next with { PendingToolCalls = calls, PendingCallOrigin = calls.Length == 0 ? null : origin };

    /// <summary>Counts what the model call has cost that the transition ends, unless an earlier commit has.</summary>
    private void Spend(TokenUsage? usage)
    {
        if (usage is not null && !_before.IsCallCounted)
        {
            Add(new Spending(_before.AnsweringModel, usage));
        }
    }

    private void Add(Spending spending)
    {
        _spent = spending with { Usage = TokenUsage.Add(_spent?.Usage, spending.Usage)! };
        Next = Next with { Usage = TokenUsage.Add(Next.Usage, spending.Usage) };
    }

    /// <summary>Whoever takes a lease away does not know what its worker has spent: the worker may say so later.</summary>
    private Chat WithAbandoned(Chat next) =>
        _fencingToken is null && _before is { NeedsWorker: true, Lease: { } lease, IsCallCounted: false } && next.Lease?.Token != lease.Token
            ? next with { UncountedGenerations = [.. next.UncountedGenerations.TakeLast(Chat.MaxUncounted - 1), _before.Generation] }
            : next;

    private Message Complete(Message message, HistoryEntry entry) => message with
    {
        Generation = Next.Generation,
        Model = entry.Model ?? Next.Model,
        FinishReason = entry.FinishReason ?? (entry.Parts.Any(part => part is ToolCallPart) ? FinishReason.ToolCalls : FinishReason.Stop),
        Usage = entry.Usage,
        CreatedAt = TimeOf(entry),
    };

    private DateTimeOffset TimeOf(HistoryEntry entry) => entry.CreatedAt is { } time && time < _now ? time.ToUniversalTime() : _now;

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
