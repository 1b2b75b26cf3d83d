namespace DurableChat.Hooks;

/// <summary>A hook's decision on a turn. Immutable.</summary>
public abstract record TurnDecision
{
    /// <summary>The error code of a refused turn, unless the hook sets another.</summary>
    public const string DefaultCode = "turn_refused";

    private TurnDecision()
    {
    }

    /// <summary>Lets the turn start unchanged.</summary>
    public static TurnDecision Continue { get; } = new Continued(null);

    /// <summary>
    /// Lets the turn start, with instructions that precede the history in every model call of the turn. They are not
    /// part of the history.
    /// </summary>
    public static TurnDecision ContinueWith(string instructions) => new Continued(instructions);

    /// <summary>Ends the turn with an error before any model is called. The question stays in the history.</summary>
    /// <param name="message">A sentence for the chat's owner.</param>
    /// <param name="code">A stable error code.</param>
    public static TurnDecision Refuse(string message, string code = DefaultCode) => new Refused(message, code);

    /// <summary>The turn starts.</summary>
    /// <param name="Instructions">Additional instructions for the model. Null for none.</param>
    public sealed record Continued(string? Instructions) : TurnDecision;

    /// <summary>The turn is refused.</summary>
    /// <param name="Message">A sentence for the chat's owner.</param>
    /// <param name="Code">A stable error code.</param>
    public sealed record Refused(string Message, string Code) : TurnDecision;
}
