using DurableChat.Chats;

namespace DurableChat.Tests.Chats;

/// <summary>
/// What a person expects of a chat, in the plainest form: one thing that is changed in place. It says of each command
/// whether it takes effect, and what the
/// chat looks like then. It knows no ids of messages, no versions and no rows.
/// </summary>
internal sealed class PlainModel(string? claimBy, string text)
{
    private long _lastQueued;

    /// <summary>
    /// The number of the message that is being sent: if it leaves the queue at once, it has not waited.
    /// </summary>
    private long _arriving;

    /// <summary>The generation whose failure is recorded.</summary>
    private long _failed;

    /// <summary>
    /// Who said what: "user m0", "user m2 #1" if it waited as number 1, "assistant let me see [c1]", "tool c1=ok".
    /// </summary>
    public List<string> History { get; } = [$"user {text}"];

    public List<(long Id, string Text, bool Urgent)> Queue { get; } = [];

    public List<string> Pending { get; } = [];

    public ChatStatus Status { get; private set; } = ChatStatus.Running;

    public bool Archived { get; private set; }

    public long Epoch { get; private set; } = 1;

    public long Generation { get; private set; } = claimBy is null ? 0 : 1;

    public long Token { get; private set; } = claimBy is null ? 0 : 1;

    public string? Driver { get; private set; } = claimBy;

    private bool IsBusy => Status is ChatStatus.Running or ChatStatus.Interrupting;

    /// <summary>Does what the command says; false if nothing comes of it.</summary>
    public bool Do(ChatCommand command) => command switch
    {
        GenerationCommand worker => Driver is not null && worker.Token == Token && worker.Generation == Generation && DoWork(worker),
        AcquireLease acquire => IsBusy && (Driver is null || acquire.HolderIsGone) && Grant(acquire.Replica, isSameAnswer: Driver is not null && Pending.Count == 0 && _failed != Generation),
        DeleteQueued delete => Queue.RemoveAll(queued => queued.Id == delete.QueuedId) > 0,
        UpdateChat update => update.Archived != Archived && Set(() => Archived = !Archived)
            && (Archived || Status != ChatStatus.Waiting || Queue.Count == 0 || EndTurn(update.ClaimBy)),
        Interrupt stop => Status is ChatStatus.Running or ChatStatus.RequiresAction && Stop(stop.ClaimBy),
        _ when Archived => false,
        SendMessage send => Send(send),
        EditMessage edit => Edit(((TextPart)edit.Target!.Parts[0]).Text, edit.Content, edit.ClaimBy),
        PromoteQueued promote => Promote(promote),
        SubmitToolResults submit => Status == ChatStatus.RequiresAction && submit.Results.Count > 0 && Answered(submit.Results)
            && (Pending.Count > 0 || Start(submit.ClaimBy)),
        _ => throw new ArgumentException(command.ToString()),
    };

    private bool DoWork(GenerationCommand command)
    {
        switch (command)
        {
            case FinishTurn finish:
                CancelPending();
                Say(finish.Answer);
                return EndTurn(null);
            case FinishInterruption finish when Status == ChatStatus.Interrupting && AreAsked(finish.Results):
                SayHalf(finish.Partial);
                CancelPending(finish.Results);
                return EndTurn(null);
            case not FinishInterruption when Status == ChatStatus.Interrupting:
                return false;
            case RecordAttempt:
                return Set(() => Generation++);
            case RecordRetry:
                return _failed != Generation && Set(() => _failed = Generation);
            case CommitStep step when step.Answer is null || Pending.Count == 0:
                Say(step.Answer);
                return Answered(step.Results) && (Pending.Count > 0 || Set(() => Generation++));
            case EnterRequiresAction enter when enter.Answer is null ? Pending.Count > 0 : Pending.Count == 0:
                Say(enter.Answer);
                return Set(() => (Status, Driver) = (ChatStatus.RequiresAction, null));
            case FailTurn fail when AreAsked(fail.Results):
                SayHalf(fail.Partial);
                CancelPending(fail.Results);
                return Set(() => (Status, Driver) = (ChatStatus.Error, null));
            case ReleaseLease release:
                SayHalf(release.Partial);
                return Set(() => Driver = null);
            default:
                return false;
        }
    }

    private bool Send(SendMessage send)
    {
        var interrupt = send.BusyBehavior == BusyBehavior.Interrupt;
        var runsAtOnce = Status is ChatStatus.Waiting or ChatStatus.Error || (Status == ChatStatus.RequiresAction && interrupt);
        if (!runsAtOnce && Queue.Count == Given.Limits.MaxQueue)
        {
            return false;
        }

        // Behind everything, or behind all that is as urgent. It has a number only if it waits, or something else does.
        var id = runsAtOnce && Queue.Count == 0 ? 0 : ++_lastQueued;
        Queue.Insert(interrupt ? Queue.Count(queued => queued.Urgent) : Queue.Count, (id, send.Content, interrupt));
        _arriving = id;
        var done = runsAtOnce ? EndTurn(send.ClaimBy) : !interrupt || Stop(send.ClaimBy);
        _arriving = 0;
        return done;
    }

    private bool Promote(PromoteQueued promote)
    {
        var index = Queue.FindIndex(queued => queued.Id == promote.QueuedId);
        if (index < 0 || (index == 0 && Queue[0].Urgent && Status == ChatStatus.Interrupting))
        {
            return false;
        }

        var promoted = Queue[index];
        Queue.RemoveAt(index);
        Queue.Insert(0, promoted with { Urgent = true });
        return IsBusy ? Stop(promote.ClaimBy) : EndTurn(promote.ClaimBy);
    }

    private bool Edit(string old, string content, string? claimBy)
    {
        var index = History.FindIndex(said => said == $"user {old}" || said.StartsWith($"user {old} #", StringComparison.Ordinal));
        var edited = History[index].Replace(old, content, StringComparison.Ordinal);
        History.RemoveRange(index, History.Count - index);
        History.Add(edited);
        Pending.Clear();
        Epoch++;
        return Start(claimBy);
    }

    private bool Stop(string? claimBy) => IsBusy && Driver is not null ? Set(() => Status = ChatStatus.Interrupting) : EndTurn(claimBy);

    /// <summary>
    /// The turn is over: the next message runs, if one waits and the chat is not put away, and whoever drives goes on.
    /// </summary>
    private bool EndTurn(string? claimBy)
    {
        CancelPending();
        if (Queue.Count == 0 || Archived)
        {
            return Set(() => (Status, Driver) = (ChatStatus.Waiting, null));
        }

        History.Add($"user {Queue[0].Text}{Number(Queue[0].Id == _arriving ? null : Queue[0].Id)}");
        Queue.RemoveAt(0);
        if (Driver is null)
        {
            return Start(claimBy);
        }

        Status = ChatStatus.Running;
        Generation++;
        return true;
    }

    private bool Start(string? claimBy)
    {
        (Status, Driver) = (ChatStatus.Running, null);
        return claimBy is null || Grant(claimBy);
    }

    private bool Grant(string replica, bool isSameAnswer = false)
    {
        Driver = replica;
        Token++;
        Generation += isSameAnswer ? 0 : 1;
        return true;
    }

    private void Say(Answer? answer)
    {
        if (answer is not null)
        {
            History.Add($"assistant {string.Concat(answer.Parts.Select(Show))}");
            Pending.AddRange(answer.ToolCalls.Select(call => call.CallId));
        }
    }

    /// <summary>Half an answer: without its calls, and not if the whole is there already.</summary>
    private void SayHalf(Answer? partial)
    {
        var parts = partial?.Parts.Where(part => part is TextPart).ToArray() ?? [];
        if (Pending.Count == 0 && parts.Length > 0)
        {
            History.Add($"assistant {string.Concat(parts.Select(Show))}");
        }
    }

    private bool Answered(IReadOnlyList<ToolResultPart> results)
    {
        if (results.Count > 0)
        {
            History.Add($"tool {string.Concat(results.Select(Show))}");
        }

        return results.All(result => Pending.Remove(result.CallId));
    }

    /// <summary>Every call gets what came for it, or a word that nothing will.</summary>
    private void CancelPending(params IReadOnlyList<ToolResultPart> came)
    {
        if (Pending.Count > 0)
        {
            var results = came.ToList();
            var ends = Pending.Select(call => results.Find(result => result.CallId == call) is { } result && results.Remove(result) ? Show(result) : $"({call} cancelled)");
            History.Add($"tool {string.Concat(ends)}");
            Pending.Clear();
        }
    }

    private bool AreAsked(IReadOnlyList<ToolResultPart> results)
    {
        var open = Pending.ToList();
        return results.All(result => open.Remove(result.CallId));
    }

    /// <summary>How a message of the chat looks in <see cref="History"/>.</summary>
    public static string Show(Message message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return $"{message.Role.ToString().ToLowerInvariant()} {string.Concat(message.Parts.Select(Show))}{Number(message.QueuedId)}";
    }

    private static string Number(long? queuedId) => queuedId is null ? "" : $" #{queuedId}";

    private static string Show(MessagePart part) => part switch
    {
        TextPart text => text.Text,
        ToolCallPart call => $"[{call.CallId}]",
        ToolResultPart result => result.IsError ? $"({result.CallId} cancelled)" : $"({result.CallId} {result.Result})",
        _ => "?",
    };

    private static bool Set(Action set)
    {
        set();
        return true;
    }
}
