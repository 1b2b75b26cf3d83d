namespace DurableChat.Chats;

/// <summary>The answer of <see cref="ChatRules"/> to a command.</summary>
public abstract record Decision
{
    private Decision()
    {
    }

    /// <summary>The command is possible: commit this.</summary>
    public sealed record Accepted(Transition Transition) : Decision;

    /// <summary>What the command asks for is so already: there is nothing to commit.</summary>
    public sealed record Unchanged : Decision;

    /// <summary>The command is not possible in this state.</summary>
    public sealed record Refused(Refusal Refusal) : Decision;
}
