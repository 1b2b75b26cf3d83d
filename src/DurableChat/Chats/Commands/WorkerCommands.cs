namespace DurableChat.Chats;

/// <summary>Takes the lease of a chat that has work and no live worker, and starts a new attempt.</summary>
/// <param name="Replica">The replica that takes the lease.</param>
/// <param name="HolderIsGone">True if the store reports that the current holder's heartbeat has stopped.</param>
public sealed record AcquireLease(string Replica, bool HolderIsGone) : ChatCommand;

/// <summary>
/// Counts the cost of a model call whose worker lost its lease before it could count it. Repeated commands count it
/// once.
/// </summary>
/// <param name="Generation">The generation of the call.</param>
/// <param name="Model">The configured name of the called model.</param>
/// <param name="Usage">The cost of the call.</param>
public sealed record RecordSpending(long Generation, string Model, TokenUsage Usage) : ChatCommand;

/// <summary>Starts the next attempt after a <see cref="RecordRetry"/>.</summary>
public sealed record RecordAttempt(long Token, long Generation) : GenerationCommand(Token, Generation);

/// <summary>Records that the attempt failed and another will follow.</summary>
public sealed record RecordRetry(
    long Token,
    long Generation,
    ChatError Error,
    int MaxAttempts,
    TimeSpan Delay) : GenerationCommand(Token, Generation)
{
    /// <summary>The configured name of the model that answers from the next attempt. Null for the same model.</summary>
    public string? FallbackModel { get; init; }
}

/// <summary>
/// Commits the model's message with its tool calls, results of calls, or both. Results can be committed in any number
/// of commits, each as soon as it arrives. The next generation starts when every call has a result.
/// </summary>
public sealed record CommitStep(long Token, long Generation) : GenerationCommand(Token, Generation)
{
    /// <summary>The model's message. Null to commit only results.</summary>
    public Answer? Answer { get; init; }

    /// <summary>Results of pending calls, or of calls of <see cref="Answer"/>.</summary>
    public IReadOnlyList<ToolResultPart> Results { get; init; } = [];
}

/// <summary>
/// Like <see cref="CommitStep"/>, but some calls remain that only the client can answer. The turn waits for the client,
/// and the lease ends.
/// </summary>
public sealed record EnterRequiresAction(long Token, long Generation) : GenerationCommand(Token, Generation)
{
    /// <summary>The model's message. Null if it is already committed.</summary>
    public Answer? Answer { get; init; }

    /// <summary>Results of the calls that the server has answered.</summary>
    public IReadOnlyList<ToolResultPart> Results { get; init; } = [];
}

/// <summary>Ends the turn with the model's last message and starts the next turn from the queue.</summary>
public sealed record FinishTurn(long Token, long Generation, Answer Answer) : GenerationCommand(Token, Generation);

/// <summary>Ends an interrupted turn, keeps the partial answer, and starts the next turn from the queue.</summary>
/// <param name="Token">The fencing token.</param>
/// <param name="Generation">The generation.</param>
/// <param name="Partial">The partial answer. Null if nothing arrived.</param>
public sealed record FinishInterruption(
    long Token,
    long Generation,
    Answer? Partial) : GenerationCommand(Token, Generation)
{
    /// <summary>Results of pending calls that arrived before the end. Calls without a result are cancelled.</summary>
    public IReadOnlyList<ToolResultPart> Results { get; init; } = [];

    /// <summary>
    /// Places of pending calls, as in <see cref="CallOrigin.Places"/>, that are known not to have started. The other
    /// calls may have started.
    /// </summary>
    public IReadOnlyList<int> NotBegun { get; init; } = [];
}

/// <summary>Ends the turn with an error.</summary>
/// <param name="Token">The fencing token.</param>
/// <param name="Generation">The generation.</param>
/// <param name="Error">Why the turn failed.</param>
/// <param name="Partial">The partial answer. Null if nothing arrived, or if nothing should be kept.</param>
public sealed record FailTurn(
    long Token,
    long Generation,
    ChatError Error,
    Answer? Partial = null) : GenerationCommand(Token, Generation)
{
    /// <summary>Results of pending calls that arrived before the end. Calls without a result are cancelled.</summary>
    public IReadOnlyList<ToolResultPart> Results { get; init; } = [];

    /// <summary>
    /// Places of pending calls, as in <see cref="CallOrigin.Places"/>, that are known not to have started. The other
    /// calls may have started.
    /// </summary>
    public IReadOnlyList<int> NotBegun { get; init; } = [];
}

/// <summary>
/// Releases the lease without ending the turn. Another worker continues after the partial answer. It runs pending calls
/// again, which counts as an attempt.
/// </summary>
/// <param name="Token">The fencing token.</param>
/// <param name="Generation">The generation.</param>
/// <param name="Partial">The partial answer. Null if nothing arrived, or if the answer stays in flight.</param>
public sealed record ReleaseLease(long Token, long Generation, Answer? Partial) : GenerationCommand(Token, Generation)
{
    /// <summary>
    /// True if the answer stays in flight, because another request can get it: the next worker continues the same
    /// generation, and clients keep what they have of it.
    /// </summary>
    public bool KeepsGeneration { get; init; }
}
