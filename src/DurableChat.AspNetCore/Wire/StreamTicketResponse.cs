namespace DurableChat.AspNetCore.Tickets;

/// <summary>A ticket for one stream.</summary>
/// <param name="Ticket">The value of the <c>ticket</c> query field to append to the stream's URL.</param>
/// <param name="ExpiresAt">Until when the ticket opens the stream. An open stream continues after that.</param>
public sealed record StreamTicketResponse(string Ticket, DateTimeOffset ExpiresAt);
