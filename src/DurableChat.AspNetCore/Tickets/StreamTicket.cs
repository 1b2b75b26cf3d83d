namespace DurableChat.AspNetCore.Tickets;

/// <summary>What a valid ticket says.</summary>
/// <param name="Owner">Who may follow the stream.</param>
/// <param name="Until">When the stream ends at the latest.</param>
internal sealed record StreamTicket(string Owner, DateTimeOffset Until);
