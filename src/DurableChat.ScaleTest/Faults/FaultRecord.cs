namespace DurableChat.ScaleTest.Faults;

/// <summary>A fault that was injected.</summary>
/// <param name="Kind">What was done.</param>
/// <param name="AtSeconds">When, since the beginning of the load.</param>
/// <param name="Seconds">How long it lasted.</param>
/// <param name="TakenOver">How many chats other replicas took over because of it.</param>
/// <param name="TakeoverSeconds">From its beginning until the last of them was taken; null if there was none.</param>
internal sealed record FaultRecord(
    FaultKind Kind,
    double AtSeconds,
    double Seconds,
    double TakenOver,
    double? TakeoverSeconds);
