using System.Buffers.Text;
using System.Globalization;
using System.Text;
using DurableChat.Cluster;

namespace DurableChat.AspNetCore.Tickets;

/// <summary>
/// Makes and reads tickets: who may open which stream, when that was granted, until when, and a signature. A ticket
/// stands in a URL, so it opens one stream and nothing else, and only for a
/// short time, which whoever reads it limits whatever the ticket says. Times are those of the clock that the replicas
/// share. Thread-safe.
/// </summary>
internal sealed class StreamTickets(ITicketKeys keys, DurableChatHttpOptions options, ClusterKeys clock)
{
    /// <summary>How far ahead of this replica's idea of the shared clock another's may be.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(5);

    private const string Version = "2";
    private const char Separator = '.';
    private const int MaxChars = 4_096;
    private const int Fields = 7;

    /// <summary>Makes a ticket.</summary>
    /// <param name="owner">For whom.</param>
    /// <param name="scope">For which stream.</param>
    /// <param name="until">When what it is asked for with expires; a ticket never lives longer. Null if it does not.</param>
    /// <param name="cancellationToken">Ends the wait for a key.</param>
    /// <exception cref="Storage.ChatStoreException">The store cannot be reached.</exception>
    public async ValueTask<StreamTicketResponse> IssueAsync(string owner, string scope, DateTimeOffset? until,
        CancellationToken cancellationToken)
    {
        var signer = await keys.GetSignerAsync(cancellationToken);
        var now = clock.Now;
        var expires = now + options.TicketLifetime;
        expires = until < expires ? until.Value : expires;

        // The owner stands last: of all these only it may hold anything.
        var end = until is { } given ? ToText(given) : string.Empty;
        var claims = Encoding.UTF8.GetBytes(string.Join(
            Separator, Version, signer.Id, scope, ToText(now), ToText(expires), end, owner));
        var signature = Base64Url.EncodeToString(signer.Sign(claims));
        return new StreamTicketResponse($"{Base64Url.EncodeToString(claims)}{Separator}{signature}", expires);
    }

    /// <summary>Reads a ticket; null if it is not for this stream, has expired, or was not made in this
    /// cluster.</summary>
    /// <exception cref="Storage.ChatStoreException">The store cannot be reached.</exception>
    public async ValueTask<StreamTicket?> ReadAsync(string text, string? scope, CancellationToken cancellationToken) =>
        TryParse(text, out var ticket)
            && ticket.Scope == scope
            && IsInTime(ticket)
            && await keys.FindAsync(ticket.KeyId, cancellationToken) is { } key
            && key.Verify(ticket.Claims, ticket.Signature)
            ? new StreamTicket(ticket.Owner, EndOf(ticket))
            : null;

    /// <summary>Whose ticket it is, for whatever stream; null if it has expired, or its key is not known here. Asks
    /// no store.</summary>
    public string? OwnerOf(string text) =>
        TryParse(text, out var ticket)
            && IsInTime(ticket)
            && keys.FindKnown(ticket.KeyId) is { } key
            && key.Verify(ticket.Claims, ticket.Signature) ? ticket.Owner : null;

    private static bool TryParse(string text, out Parsed ticket)
    {
        ticket = default;
        if (text.Length > MaxChars || text.Split(Separator) is not [var encoded, var signature] || !Base64Url.IsValid(encoded) || !Base64Url.IsValid(signature))
        {
            return false;
        }

        var claims = Base64Url.DecodeFromChars(encoded);
        if (Encoding.UTF8.GetString(claims).Split(Separator, Fields) is not [Version, var key, var scope, var issued,
            var expires, var until, var owner]
            || !TryTime(issued, out var issuedAt) || !TryTime(expires, out var expiresAt))
        {
            return false;
        }

        DateTimeOffset? end = null;
        if (until.Length > 0)
        {
            if (!TryTime(until, out var untilAt))
            {
                return false;
            }

            end = untilAt;
        }

        ticket = new Parsed(key, scope, owner, issuedAt, expiresAt, end, claims, Base64Url.DecodeFromChars(signature));
        return true;
    }

    private static string ToText(DateTimeOffset time) =>
        time.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    private static bool TryTime(string text, out DateTimeOffset time)
    {
        var isTime = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
        time = isTime ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : default;
        return isTime;
    }

    /// <summary>A stream that a ticket opened does not last for ever, though what the ticket was asked for with may:
    /// a token can be taken away.</summary>
    private DateTimeOffset EndOf(in Parsed ticket)
    {
        var longest = ticket.IssuedAt + options.TicketStreamTime;
        return ticket.Until < longest ? ticket.Until.Value : longest;
    }

    private bool IsInTime(in Parsed ticket)
    {
        var now = clock.Now;
        return now < ticket.ExpiresAt
            && now - ticket.IssuedAt < options.TicketLifetime
            && ticket.IssuedAt - now <= ClockSkew;
    }

    private readonly record struct Parsed(
        string KeyId, string Scope, string Owner, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt,
            DateTimeOffset? Until, byte[] Claims, byte[] Signature);
}
