namespace DurableChat.Chats;

/// <summary>A wish to change a chat. <see cref="ChatRules"/> says what comes of it.</summary>
public abstract record ChatCommand
{
    private protected ChatCommand()
    {
    }
}

/// <summary>A command that can start a turn. Whoever commits it may take the lease in the same commit.</summary>
public abstract record TurnCommand : ChatCommand
{
    private protected TurnCommand()
    {
    }

    /// <summary>The replica that takes the lease if the command starts a turn; null leaves the turn to whoever takes it.</summary>
    public string? ClaimBy { get; init; }
}

/// <summary>A command of the worker that holds the lease.</summary>
/// <param name="Token">The fencing token of its lease.</param>
public abstract record LeasedCommand(long Token) : ChatCommand;

/// <summary>A command of the worker about one generation.</summary>
/// <param name="Token">The fencing token of its lease.</param>
/// <param name="Generation">The generation it speaks of; another than the current one is refused.</param>
public abstract record GenerationCommand(long Token, long Generation) : LeasedCommand(Token)
{
    /// <summary>What model calls have cost that gave no answer, or none that is kept; null if that is not known. An answer carries its own.</summary>
    public TokenUsage? Usage { get; init; }
}
