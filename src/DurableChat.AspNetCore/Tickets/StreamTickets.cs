using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DurableChat.AspNetCore.Tickets;

/// <summary>
/// Makes and reads tickets: who may open which stream, until when, and a signature. A ticket stands in a URL, so it opens one stream and nothing else, and only for a
/// short time. Thread-safe.
/// </summary>
internal sealed class StreamTickets(StreamTicketKey key, DurableChatHttpOptions options, TimeProvider time)
{
    private const string Version = "1";
    private const char Separator = '.';
    private const int MaxChars = 4_096;

    /// <summary>Makes a ticket.</summary>
    /// <param name="owner">For whom.</param>
    /// <param name="scope">For which stream.</param>
    /// <param name="until">When what it is asked for with expires; a ticket never lives longer. Null if it does not.</param>
    public StreamTicketResponse Issue(string owner, string scope, DateTimeOffset? until)
    {
        var expires = time.GetUtcNow() + options.TicketLifetime;
        expires = until < expires ? until.Value : expires;

        // The owner stands last: of all these only it may hold anything.
        var claims = Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{Version}{Separator}{scope}{Separator}{expires.ToUnixTimeMilliseconds()}{Separator}{until?.ToUnixTimeMilliseconds()}{Separator}{owner}"));
        return new StreamTicketResponse($"{Base64Url.EncodeToString(claims)}{Separator}{Base64Url.EncodeToString(key.Sign(claims))}", expires);
    }

    /// <summary>Reads a ticket; null if it is not for this stream, has expired, or was not made here.</summary>
    public StreamTicket? Read(string text, string? scope) => Open(text) is { } opened && opened.Scope == scope ? opened.Ticket : null;

    /// <summary>Whose ticket it is, for whatever stream; null if it has expired, or was not made here.</summary>
    public string? OwnerOf(string text) => Open(text)?.Ticket.Owner;

    private (string Scope, StreamTicket Ticket)? Open(string text)
    {
        if (text.Length > MaxChars || text.Split(Separator) is not [var encoded, var signature] || !Base64Url.IsValid(encoded) || !Base64Url.IsValid(signature))
        {
            return null;
        }

        var claims = Base64Url.DecodeFromChars(encoded);
        return CryptographicOperations.FixedTimeEquals(key.Sign(claims), Base64Url.DecodeFromChars(signature))
            && Encoding.UTF8.GetString(claims).Split(Separator, 5) is [Version, var itsScope, var expires, var until, var owner]
            && Time(expires) > time.GetUtcNow()
            ? (itsScope, new StreamTicket(owner, until.Length == 0 ? null : Time(until)))
            : null;
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(text, CultureInfo.InvariantCulture));
}
