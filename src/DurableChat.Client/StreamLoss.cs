namespace DurableChat.Client;

/// <summary>A stream has lost its connection and will retry. Immutable.</summary>
/// <param name="Failures">The number of consecutive failures since the last event. 1 for the first.</param>
/// <param name="Pause">The pause before the next attempt.</param>
/// <param name="Failure">
/// What broke or prevented the connection. Null if the server ended it, e.g. because it is shutting down.
/// </param>
public sealed record StreamLoss(int Failures, TimeSpan Pause, Exception? Failure);
