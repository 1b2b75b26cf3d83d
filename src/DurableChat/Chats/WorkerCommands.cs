namespace DurableChat.Chats;

/// <summary>Takes the lease of a chat that has work and no living driver, and begins a new attempt.</summary>
/// <param name="Replica">Who takes it.</param>
/// <param name="HolderIsGone">True if the store says that the present holder's heartbeat has stopped.</param>
public sealed record AcquireLease(string Replica, bool HolderIsGone) : ChatCommand;

/// <summary>Counts what a model call has cost whose worker lost its lease before it could. It is counted once, however often this comes.</summary>
/// <param name="Generation">Whose call.</param>
/// <param name="Model">The configured name of the model that was called.</param>
/// <param name="Usage">What it cost.</param>
public sealed record RecordSpending(long Generation, string Model, TokenUsage Usage) : ChatCommand;

/// <summary>Begins the next attempt after a <see cref="RecordRetry"/>.</summary>
public sealed record RecordAttempt(long Token, long Generation) : GenerationCommand(Token, Generation);

/// <summary>The attempt failed; another will follow.</summary>
public sealed record RecordRetry(long Token, long Generation, ChatError Error, int MaxAttempts, TimeSpan Delay) : GenerationCommand(Token, Generation)
{
    /// <summary>The configured name of the model that answers from the next attempt on; null for the same as before.</summary>
    public string? FallbackModel { get; init; }
}

/// <summary>
/// Commits what the model said with its tool calls, results of calls, or both. Results may come in any number of commits, each as soon as it is there; the
/// next generation begins when every call has its result.
/// </summary>
public sealed record CommitStep(long Token, long Generation) : GenerationCommand(Token, Generation)
{
    /// <summary>The model's message; null if only results come.</summary>
    public Answer? Answer { get; init; }

    /// <summary>Results of pending calls, or of calls of <see cref="Answer"/>.</summary>
    public IReadOnlyList<ToolResultPart> Results { get; init; } = [];
}

/// <summary>Like <see cref="CommitStep"/>, but calls remain that only the client can answer: the turn waits for it, and the lease ends.</summary>
public sealed record EnterRequiresAction(long Token, long Generation) : GenerationCommand(Token, Generation)
{
    /// <summary>The model's message; null if it is committed already.</summary>
    public Answer? Answer { get; init; }

    /// <summary>Results of the calls that the server could answer.</summary>
    public IReadOnlyList<ToolResultPart> Results { get; init; } = [];
}

/// <summary>Ends the turn with the model's last message, and starts the next one from the queue.</summary>
public sealed record FinishTurn(long Token, long Generation, Answer Answer) : GenerationCommand(Token, Generation);

/// <summary>Ends an interrupted turn, keeps the partial answer, and starts the next turn from the queue.</summary>
/// <param name="Token">The fencing token.</param>
/// <param name="Generation">The generation.</param>
/// <param name="Partial">What had arrived; null if nothing had.</param>
public sealed record FinishInterruption(long Token, long Generation, Answer? Partial) : GenerationCommand(Token, Generation)
{
    /// <summary>Results of pending calls that came before the end. Calls without one are cancelled.</summary>
    public IReadOnlyList<ToolResultPart> Results { get; init; } = [];

    /// <summary>Places of pending calls, as in <see cref="CallOrigin.Places"/>, that are known never to have begun. Of the others it is not known.</summary>
    public IReadOnlyList<int> NotBegun { get; init; } = [];
}

/// <summary>Ends the turn in error.</summary>
/// <param name="Token">The fencing token.</param>
/// <param name="Generation">The generation.</param>
/// <param name="Error">Why.</param>
/// <param name="Partial">What had arrived of the answer; null if nothing had, or none of it should be kept.</param>
public sealed record FailTurn(long Token, long Generation, ChatError Error, Answer? Partial = null) : GenerationCommand(Token, Generation)
{
    /// <summary>Results of pending calls that came before the end. Calls without one are cancelled.</summary>
    public IReadOnlyList<ToolResultPart> Results { get; init; } = [];

    /// <summary>Places of pending calls, as in <see cref="CallOrigin.Places"/>, that are known never to have begun. Of the others it is not known.</summary>
    public IReadOnlyList<int> NotBegun { get; init; } = [];
}

/// <summary>
/// Gives the lease back without ending the turn; another worker goes on behind the partial answer. Pending calls run again there, which counts as an attempt.
/// </summary>
/// <param name="Token">The fencing token.</param>
/// <param name="Generation">The generation.</param>
/// <param name="Partial">What had arrived; null if nothing had.</param>
public sealed record ReleaseLease(long Token, long Generation, Answer? Partial) : GenerationCommand(Token, Generation);
