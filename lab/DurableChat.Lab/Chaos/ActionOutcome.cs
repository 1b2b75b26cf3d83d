namespace DurableChat.Lab.Chaos;

/// <summary>What a client knows of its command.</summary>
internal enum ActionOutcome
{
    /// <summary>It was answered with success.</summary>
    Acknowledged,

    /// <summary>It was refused, and no attempt of it can have been done.</summary>
    Refused,

    /// <summary>No answer came that says whether it was done.</summary>
    Unsure,
}
