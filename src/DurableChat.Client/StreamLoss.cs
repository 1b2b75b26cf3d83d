namespace DurableChat.Client;

/// <summary>A stream is without a connection, and will be tried again. Immutable.</summary>
/// <param name="Failures">How many times in a row without an event between; 1 for the first since one came.</param>
/// <param name="Pause">How long it is until the next attempt.</param>
/// <param name="Failure">What broke the connection, or kept it from being made; null if the server ended it, as one does that is being stopped.</param>
public sealed record StreamLoss(int Failures, TimeSpan Pause, Exception? Failure);
