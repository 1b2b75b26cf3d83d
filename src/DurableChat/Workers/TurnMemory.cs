using DurableChat.Chats;
using DurableChat.Models;

namespace DurableChat.Workers;

/// <summary>
/// What a run must remember between looks at the chat, even if its loop fails and restarts. Losing it would run a tool
/// twice or wait forever. Used only by the loop that drives the run.
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
    private bool _hasLooked;
    private long _continued;

    // What the model's provider has refused within this run.
    private bool _isReplayRefused;
    private bool _areToolsRefused;

    /// <summary>The cost of the last model call, as far as the provider reported it.</summary>
    public TokenUsage? Spent { get; set; }

    /// <summary>
    /// The cost to record if the lease is lost now. Null if there is none, or if a commit has counted it. The cost of
    /// an answer that is kept is counted by the worker that uses the answer.
    /// </summary>
    public RecordSpending? Owed =>
        _isCounted || IsKept || Spent is null || _model is null ? null : new RecordSpending(_begun, _model, Spent);

    /// <summary>The last model call; null before the first.</summary>
    public ModelCallId? Call { get; private set; }

    /// <summary>True if the answer of the last model call is kept, so that another request can get it.</summary>
    public bool IsKept { get; private set; }

    /// <summary>
    /// The hooks' instructions in the last model call, unless an earlier answer already carries them.
    /// </summary>
    public IReadOnlyList<string> Instructions { get; set; } = [];

    /// <summary>
    /// The calls of a generation's answer. Calls of an earlier answer are finished: their results are committed.
    /// </summary>
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
    /// Records the start of a model call for the chat's generation. What another model's provider has refused does not
    /// apply to this one.
    /// </summary>
    /// <param name="chat">The chat.</param>
    /// <param name="token">The token of the run's lease.</param>
    /// <param name="model">The model that is called.</param>
    public ModelCallId Begin(Chat chat, long token, ModelDefinition model)
    {
        _begun = chat.Generation;
        (Spent, Lost) = (null, null);
        _isCounted = false;
        if (_model != model.Name)
        {
            _model = model.Name;
            (_isReplayRefused, _areToolsRefused) = (false, false);
        }

        IsKept = model.IsKept;
        return Call = CallOf(chat, token) with { FailedGeneration = _failed };
    }

    /// <summary>An empty answer to the call that has begun, without what the provider has refused.</summary>
    /// <param name="history">The messages that the model answers.</param>
    public AnswerInProgress BeginAnswer(IReadOnlyList<Message> history) =>
        new(history) { IsReplayRefused = _isReplayRefused, AreToolsRefused = _areToolsRefused };

    /// <summary>Records what the answer has cost, and what the provider has refused during it.</summary>
    public void EndAnswer(AnswerInProgress answer)
    {
        Spent = answer.Usage;
        (_isReplayRefused, _areToolsRefused) = (answer.IsReplayRefused, answer.AreToolsRefused);
    }

    /// <summary>The chat's current model call.</summary>
    public static ModelCallId CallOf(Chat chat, long token) =>
        new(chat.Id.Value, chat.Epoch, chat.LastMessageId, chat.Generation, token);

    /// <summary>Records that the model call of a generation has failed.</summary>
    /// <param name="generation">The generation.</param>
    /// <param name="lost">What the call had already given.</param>
    public void Fail(long generation, LostAnswer? lost)
    {
        _failed = generation;
        Lost = lost;
    }

    /// <summary>
    /// What an earlier attempt at the current model call had already given. Null if nothing is known.
    /// </summary>
    public LostAnswer? Lost { get; private set; }

    /// <summary>
    /// Notes what the run found at its first look. True if that is an answer in flight of an earlier worker.
    /// </summary>
    public bool IsTakeover(Chat chat)
    {
        _continued = !_hasLooked && chat is { IsAnswerInFlight: true, Attempt: > 1 } ? chat.Generation : _continued;
        return !_hasLooked && _continued == chat.Generation;
    }

    /// <summary>Call it once everything has been done that the first look requires.</summary>
    public void Looked() => _hasLooked = true;

    /// <summary>True if an earlier worker has begun the generation.</summary>
    public bool Continues(long generation) => _continued == generation;

    /// <summary>
    /// The number of the run's first part of the chat's generation: above all numbers that earlier workers can have
    /// used for the same generation.
    /// </summary>
    public long FirstSeqOf(Chat chat) => Continues(chat.Generation) ? ((long)chat.Attempt << 32) + 1 : 1;

    /// <summary>Records that a commit has counted the cost of the last model call.</summary>
    public void Counted() => _isCounted = true;

    /// <summary>
    /// True if this run has started a model call of the generation. Its parts may have been seen, even if a failover
    /// removed them from the feed.
    /// </summary>
    public bool HasBegun(long generation) => _begun == generation;

    /// <summary>Drops held tool results, because a failover has lost their calls.</summary>
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

    /// <summary>
    /// Counts a look that found no input for the model. Returns how many there were in a row for this generation.
    /// </summary>
    public int CountVainLook(long generation)
    {
        _vainLooks = (generation, _vainLooks.Generation == generation ? _vainLooks.Count + 1 : 1);
        return _vainLooks.Count;
    }

    /// <summary>Ends what still runs, because the lease is over.</summary>
    public void Dispose() => _round?.Dispose();
}
