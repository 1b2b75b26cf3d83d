namespace DurableChat.Chats;

/// <summary>A request to change a chat. <see cref="ChatRules"/> decides what it does.</summary>
public abstract record ChatCommand
{
    private protected ChatCommand()
    {
    }
}

/// <summary>
/// A command that can start a turn. The replica that commits it can take the lease in the same commit.
/// </summary>
public abstract record TurnCommand : ChatCommand
{
    private protected TurnCommand()
    {
    }

    /// <summary>
    /// The replica that takes the lease if the command starts a turn. If null, any worker can take the turn.
    /// </summary>
    public string? ClaimBy { get; init; }
}

/// <summary>A command from the worker that holds the lease.</summary>
/// <param name="Token">The fencing token of the worker's lease.</param>
public abstract record LeasedCommand(long Token) : ChatCommand;

/// <summary>A worker's command for one generation.</summary>
/// <param name="Token">The fencing token of the worker's lease.</param>
/// <param name="Generation">
/// The generation that the command is for. The command is refused if this is not the current generation.
/// </param>
public abstract record GenerationCommand(long Token, long Generation) : LeasedCommand(Token)
{
    /// <summary>
    /// The cost of model calls that gave no answer, or whose answer is discarded. Null if unknown. An answer carries
    /// its own cost.
    /// </summary>
    public TokenUsage? Usage { get; init; }
}
