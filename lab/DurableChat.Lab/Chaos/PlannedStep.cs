namespace DurableChat.Lab.Chaos;

/// <summary>
/// One step of a client, as the seed has it. Numbers without a unit choose among what there is when the step is taken.
/// </summary>
/// <param name="Kind">What is asked for.</param>
/// <param name="Chat">Which chat.</param>
/// <param name="Target">Which message.</param>
/// <param name="Replica">Where first.</param>
/// <param name="Flag">Interrupts, or archives.</param>
/// <param name="HasKey">With an idempotency key, and again and again until it is answered; else once.</param>
/// <param name="IsImpatient">Gives up after a moment.</param>
/// <param name="IsRepeated">Sent once more, with the same key, after it was answered.</param>
/// <param name="PauseMs">How long the client thinks before, in milliseconds.</param>
internal sealed record PlannedStep(
    ActionKind Kind,
    int Chat,
    int Target,
    int Replica,
    bool Flag,
    bool HasKey,
    bool IsImpatient,
    bool IsRepeated,
    int PauseMs);

/// <summary>One fault, as the seed has it.</summary>
/// <param name="AtStep">Before which step of the run it begins.</param>
/// <param name="Kind">What is done.</param>
/// <param name="Victim">To which replica.</param>
/// <param name="Stall">For how long, where the database stalls.</param>
internal sealed record PlannedFault(int AtStep, ChaosFault Kind, int Victim, TimeSpan Stall = default);

/// <summary>One connection of a follower, as the seed has it.</summary>
/// <param name="Replica">Where.</param>
/// <param name="Events">After how many events it is cut; null for never.</param>
/// <param name="PauseMs">How long the follower takes for each event, in milliseconds.</param>
internal sealed record PlannedConnection(int Replica, int? Events, int PauseMs);
