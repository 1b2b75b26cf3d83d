using DurableChat.Chats;
using DurableChat.Models;

namespace DurableChat.Workers;

/// <summary>
/// What a run must remember from one look at the chat to the next, also if its loop fails and begins again: to lose it would run a tool twice, or wait
/// without end. Only the loop that drives the run uses it.
/// </summary>
internal sealed class TurnMemory : IDisposable
{
    private ToolRound? _round;
    private (long Generation, long Since) _retry;
    private (long Generation, int Count) _vainLooks;
    private long _begun;
    private string? _model;
    private bool _isCounted;
    private long _failed;

    /// <summary>What the last model call has cost, as far as the provider said.</summary>
    public TokenUsage? Spent { get; set; }

    /// <summary>What has to be recorded if the lease is lost now; null for nothing, or nothing that no commit has
    /// counted. An answer that can be had once more is counted by who has it.</summary>
    public RecordSpending? Owed => _isCounted || IsKept || Spent is null || _model is null ? null : new RecordSpending(_begun, _model, Spent);

    /// <summary>The last model call; null before the first.</summary>
    public ModelCallId? Call { get; private set; }

    /// <summary>True if the answer of the last model call can be had once more.</summary>
    public bool IsKept { get; private set; }

    /// <summary>True once the provider has refused, within this run, what was replayed to it of earlier answers.</summary>
    public bool IsReplayRefused { get; set; }

    /// <summary>True once the provider has refused tools within this run.</summary>
    public bool AreToolsRefused { get; set; }

    /// <summary>What the last model call was told by hooks, unless an answer before it carries that already.</summary>
    public IReadOnlyList<string> Instructions { get; set; } = [];

    /// <summary>The calls that a generation's answer made. Those of an answer before are over: their results are committed.</summary>
    public ToolRound RoundOf(long generation, int maxParallel, CancellationToken stopped)
    {
        if (_round?.Generation != generation)
        {
            _round?.Dispose();
            _round = new ToolRound(generation, maxParallel, stopped);
        }

        return _round;
    }

    /// <summary>
    /// Notes that a model call begins, for the chat's generation. What another model's provider has refused says nothing
    /// of this one.
    /// </summary>
    /// <param name="chat">The chat.</param>
    /// <param name="token">The token of the run's lease.</param>
    /// <param name="model">The model that is asked.</param>
    public ModelCallId Begin(Chat chat, long token, ModelDefinition model)
    {
        _begun = chat.Generation;
        Spent = null;
        _isCounted = false;
        if (_model != model.Name)
        {
            _model = model.Name;
            (IsReplayRefused, AreToolsRefused) = (false, false);
        }

        IsKept = model.IsKept;
        return Call = CallOf(chat, token) with { FailedGeneration = _failed };
    }

    /// <summary>The model call that a chat is at.</summary>
    public static ModelCallId CallOf(Chat chat, long token) =>
        new(chat.Id.Value, chat.Epoch, chat.LastMessageId, chat.Generation, token);

    /// <summary>Notes that the model call of a generation has failed.</summary>
    public void Fail(long generation) => _failed = generation;

    /// <summary>Notes that a commit has counted what the last model call has cost.</summary>
    public void Counted() => _isCounted = true;

    /// <summary>True if this run has begun a model call of the generation. Its parts may have been seen, also if a failover made the feed forget them.</summary>
    public bool HasBegun(long generation) => _begun == generation;

    /// <summary>Drops what is held of tools: a failover has lost the calls that it belongs to.</summary>
    public void Forget()
    {
        _round?.Dispose();
        _round = null;
    }

    /// <summary>When this run first saw the retry of a generation, as a timestamp of its clock.</summary>
    public long RetrySeen(long generation, long now)
    {
        if (_retry.Generation != generation)
        {
            _retry = (generation, now);
        }

        return _retry.Since;
    }

    /// <summary>Counts a look that found nothing to give to the model; tells how many there were in a row for this generation.</summary>
    public int CountVainLook(long generation)
    {
        _vainLooks = (generation, _vainLooks.Generation == generation ? _vainLooks.Count + 1 : 1);
        return _vainLooks.Count;
    }

    /// <summary>Ends what still runs: the lease is over.</summary>
    public void Dispose() => _round?.Dispose();
}
