namespace DurableChat.Hooks;

/// <summary>What a hook says to a turn. Immutable.</summary>
public abstract record TurnDecision
{
    /// <summary>The error code of a refused turn, unless the hook names another.</summary>
    public const string DefaultCode = "turn_refused";

    private TurnDecision()
    {
    }

    /// <summary>Lets the turn begin as it is.</summary>
    public static TurnDecision Continue { get; } = new Continued(null);

    /// <summary>Lets the turn begin, and tells the model something before the history, in every call of the turn. Not part of the history.</summary>
    public static TurnDecision ContinueWith(string instructions) => new Continued(instructions);

    /// <summary>Ends the turn with an error before any model is called. The question stays in the history.</summary>
    /// <param name="message">A sentence for the chat's owner.</param>
    /// <param name="code">A stable word for programs.</param>
    public static TurnDecision Refuse(string message, string code = DefaultCode) => new Refused(message, code);

    /// <summary>The turn begins.</summary>
    /// <param name="Instructions">What the model is told besides; null for nothing.</param>
    public sealed record Continued(string? Instructions) : TurnDecision;

    /// <summary>The turn ends.</summary>
    /// <param name="Message">A sentence for the chat's owner.</param>
    /// <param name="Code">A stable word for programs.</param>
    public sealed record Refused(string Message, string Code) : TurnDecision;
}
