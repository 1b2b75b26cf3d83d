namespace DurableChat.Lab.Chaos.Checking;

/// <summary>A time in which a chat needed a driver and none showed itself.</summary>
/// <param name="From">The last sign of a driver, or when the need began, in seconds.</param>
/// <param name="To">The next sign, or when the chat no longer needed a driver.</param>
/// <param name="Replica">Who gave the last sign; -1 if that is not known.</param>
/// <param name="Seconds">How much of it nothing excuses.</param>
internal sealed record DriverGap(double From, double To, int Replica, double Seconds);
