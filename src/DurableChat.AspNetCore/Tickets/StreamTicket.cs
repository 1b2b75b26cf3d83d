namespace DurableChat.AspNetCore.Tickets;

/// <summary>The content of a valid ticket.</summary>
/// <param name="Owner">The owner who may follow the stream.</param>
/// <param name="Until">The latest time at which the stream ends.</param>
internal sealed record StreamTicket(string Owner, DateTimeOffset Until);
