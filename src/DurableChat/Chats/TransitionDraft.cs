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
    private long? _removedFrom;
    private long? _fencingToken;

    public TransitionDraft(Chat chat, DateTimeOffset now)
    {
        _now = now;
        Next = chat with { Version = chat.Version + 1, UpdatedAt = now > chat.UpdatedAt ? now : chat.UpdatedAt };
    }

    /// <summary>The state so far. Rules set it directly for what only they know.</summary>
    public Chat Next { get; set; }

    /// <summary>Makes the commit depend on the lease, not only on the version.</summary>
    public TransitionDraft FencedBy(long token)
    {
        _fencingToken = token;
        return this;
    }

    public void AppendUser(string content) => Append(MessageRole.User, [new TextPart(content)]);

    /// <summary>Appends what was said elsewhere. Each answer gets a generation of its own, as if it had been made here.</summary>
    public void AppendHistory(IReadOnlyList<HistoryEntry> history)
    {
        foreach (var entry in history)
        {
            if (entry.Role == MessageRole.Assistant)
            {
                Next = Next with { Generation = Next.Generation + 1 };
            }

            Append(entry.Role, entry.Parts, message => entry.Role == MessageRole.Assistant ? Complete(message, entry) : message with { CreatedAt = TimeOf(entry) });
        }
    }

    public void AppendAnswer(Answer? answer)
    {
        if (answer is null || answer.Parts.Count == 0)
        {
            return;
        }

        Append(MessageRole.Assistant, answer.Parts, message => message with
        {
            Generation = Next.Generation,
            Model = Next.Model,
            FinishReason = answer.FinishReason,
            Usage = answer.Usage,
        });
        Next = Next with { PendingToolCalls = [.. Next.PendingToolCalls, .. answer.ToolCalls] };
    }

    /// <summary>Appends results of pending calls, which are pending no more.</summary>
    public void AppendToolResults(IReadOnlyList<ToolResultPart> results)
    {
        if (results.Count == 0)
        {
            return;
        }

        Append(MessageRole.Tool, results);
        var answered = results.Select(result => result.CallId).ToHashSet(StringComparer.Ordinal);
        Next = Next with { PendingToolCalls = [.. Next.PendingToolCalls.Where(call => !answered.Contains(call.CallId))] };
    }

    /// <summary>
    /// Writes a result for every call that will never get one. Providers refuse a history in which a call has no result, so no
    /// transition may leave a turn with calls pending.
    /// </summary>
    public void CancelPendingToolCalls(string reason) =>
        AppendToolResults([.. Next.PendingToolCalls.Select(call => new ToolResultPart(call.CallId, reason, IsError: true))]);

    /// <summary>Removes a message and all that follows it. What was pending there is gone with it.</summary>
    public void RemoveFrom(Message first)
    {
        _removedFrom = first.Id;
        Next = Next with { Epoch = Next.Epoch + 1, LastMessageId = first.PreviousId, PendingToolCalls = [] };
    }

    public void Enqueue(string content, bool urgent)
    {
        var queued = new QueuedMessage(Next.LastQueuedId + 1, content, urgent, _now);
        _enqueued.Add(queued);
        var queue = Next.Queue.ToList();
        queue.Insert(urgent ? queue.FindLastIndex(other => other.Urgent) + 1 : queue.Count, queued);
        Next = Next with { Queue = queue, LastQueuedId = queued.Id };
    }

    public void Dequeue(QueuedMessage queued)
    {
        // A message that enters and leaves the queue within one transition was never in it, as far as the store is concerned.
        if (_enqueued.RemoveAll(other => other.Id == queued.Id) == 0)
        {
            _dequeued.Add(queued.Id);
        }

        Next = Next with { Queue = [.. Next.Queue.Where(other => other.Id != queued.Id)] };
    }

    /// <summary>
    /// Begins a turn for the newest user message. With a claim the lease begins in the same commit; without one any earlier lease ends,
    /// so that whoever drove the chat before is fenced off.
    /// </summary>
    public void StartTurn(string? claimBy)
    {
        Next = Next with { Status = ChatStatus.Running, Error = null, Retry = null, Step = 0, Attempt = 0, Lease = null };
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

    public void BeginGeneration(int attempt) =>
        Next = Next with { Generation = Next.Generation + 1, Attempt = attempt, Retry = null };

    /// <summary>Ends a turn: the head of the queue runs under the same lease (or is claimed), else the chat waits and the lease ends.</summary>
    public void EndTurn(string? claimBy = null)
    {
        CancelPendingToolCalls(CancellationReasons.TurnEnded);
        if (Next.Queue is [var head, ..])
        {
            Dequeue(head);
            AppendUser(head.Content);
            var lease = Next.Lease;
            StartTurn(lease is null ? claimBy : null);
            if (lease is not null)
            {
                Next = Next with { Lease = lease };
                BeginGeneration(attempt: 1);
            }

            return;
        }

        Next = Next with { Status = ChatStatus.Waiting, Error = null, Retry = null, Step = 0, Attempt = 0, Lease = null };
    }

    public Decision.Accepted Accept() => new(new Transition
    {
        Next = Next,
        FencingToken = _fencingToken,
        RemovedFrom = _removedFrom,
        Appended = _appended,
        Enqueued = _enqueued,
        Dequeued = _dequeued,
    });

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
