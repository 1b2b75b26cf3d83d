namespace DurableChat.AspNetCore.Tickets;

/// <summary>What a valid ticket says.</summary>
/// <param name="Owner">Who may follow the stream.</param>
/// <param name="Until">When the stream ends because what the ticket was asked for with expires; null if it does not.</param>
internal sealed record StreamTicket(string Owner, DateTimeOffset? Until);
