namespace DurableChat.Chats;

/// <summary>The decision of <see cref="ChatRules"/> on a command.</summary>
public abstract record Decision
{
    private Decision()
    {
    }

    /// <summary>The command is allowed. Commit this transition.</summary>
    public sealed record Accepted(Transition Transition) : Decision;

    /// <summary>The chat is already as the command requests. There is nothing to commit.</summary>
    public sealed record Unchanged : Decision;

    /// <summary>The command is not allowed in this state.</summary>
    public sealed record Refused(Refusal Refusal) : Decision;
}
