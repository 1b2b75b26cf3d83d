namespace DurableChat.Lab.Chaos;

/// <summary>What a client can ask for.</summary>
internal enum ActionKind
{
    Create,
    Send,
    Edit,
    Interrupt,
    DeleteQueued,
    Promote,
    Archive,
    SubmitResults,
}
