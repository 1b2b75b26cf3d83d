namespace DurableChat.AspNetCore.Tickets;

/// <summary>A ticket for one stream.</summary>
/// <param name="Ticket">What to append to the stream's address as <c>ticket</c>.</param>
/// <param name="ExpiresAt">Until when it opens the stream; an open stream outlives it.</param>
public sealed record StreamTicketResponse(string Ticket, DateTimeOffset ExpiresAt);
