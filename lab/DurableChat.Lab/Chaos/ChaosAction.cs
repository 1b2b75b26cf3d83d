namespace DurableChat.Lab.Chaos;

/// <summary>A command as a client gives it.</summary>
/// <param name="Kind">What is asked for.</param>
/// <param name="Chat">Of which chat; empty for a new one.</param>
internal sealed record ChaosAction(ActionKind Kind, string Chat)
{
    /// <summary>The text of a message; no two actions have the same.</summary>
    public string? Content { get; init; }

    /// <summary>The message to edit, or the queued message to delete or promote.</summary>
    public long Target { get; init; }

    /// <summary>
    /// True for a message that interrupts, and for archiving; false for a message that waits, and for taking out of the
    /// archive.
    /// </summary>
    public bool Flag { get; init; }

    /// <summary>True for a new chat with a tool that runs in the client.</summary>
    public bool HasTools { get; init; }

    /// <summary>The calls whose results are handed in.</summary>
    public IReadOnlyList<string> Calls { get; init; } = [];

    /// <summary>True if it brings a text into the history or the queue.</summary>
    public bool BringsText => Kind is ActionKind.Create or ActionKind.Send or ActionKind.Edit;

    /// <summary>True if it can end a turn without an answer.</summary>
    public bool CanStopTurn => Kind is ActionKind.Interrupt or ActionKind.Promote || (Kind == ActionKind.Send && Flag);

    public override string ToString() => Kind switch
    {
        ActionKind.Send => $"send '{Content}'{(Flag ? ", interrupting" : "")}",
        ActionKind.Create => $"create '{Content}'",
        ActionKind.Edit => $"edit {Target} to '{Content}'",
        ActionKind.DeleteQueued => $"delete queued {Target}",
        ActionKind.Promote => $"promote queued {Target}",
        ActionKind.Archive => Flag ? "archive" : "unarchive",
        ActionKind.SubmitResults => $"submit results of {string.Join(", ", Calls)}",
        _ => "interrupt",
    };
}
