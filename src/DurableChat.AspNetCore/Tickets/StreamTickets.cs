using System.Buffers.Text;
using System.Globalization;
using System.Text;
using DurableChat.Cluster;

namespace DurableChat.AspNetCore.Tickets;

/// <summary>
/// Creates and reads tickets. A ticket contains the owner, the stream, when it was issued, when it expires, and a
/// signature. It is sent in a URL, so it opens only one stream and is valid only for a short time, which the reader
/// enforces regardless of the ticket's own content. Times are on the clock that the replicas share. Thread-safe.
/// </summary>
internal sealed class StreamTickets(ITicketKeys keys, DurableChatHttpOptions options, ClusterKeys clock)
{
    /// <summary>How far another replica's estimate of the shared clock may be ahead of this one's.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(5);

    private const string Version = "2";
    private const char Separator = '.';
    private const int MaxChars = 4_096;
    private const int Fields = 7;

    /// <summary>Issues a ticket.</summary>
    /// <param name="owner">The owner it is for.</param>
    /// <param name="scope">The stream it is for.</param>
    /// <param name="until">
    /// When the caller's credentials expire, which also limits the ticket. Null if they do not expire.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait for a key.</param>
    /// <exception cref="Storage.ChatStoreException">The store cannot be reached.</exception>
    public async ValueTask<StreamTicketResponse> IssueAsync(string owner, string scope, DateTimeOffset? until,
        CancellationToken cancellationToken)
    {
        var signer = await keys.GetSignerAsync(cancellationToken);
        var now = clock.Now;
        var expires = now + options.TicketLifetime;
        expires = until < expires ? until.Value : expires;

        // The owner is last because only it can contain any character.
        var end = until is { } given ? ToText(given) : string.Empty;
        var claims = Encoding.UTF8.GetBytes(string.Join(
            Separator, Version, signer.Id, scope, ToText(now), ToText(expires), end, owner));
        var signature = Base64Url.EncodeToString(signer.Sign(claims));
        return new StreamTicketResponse($"{Base64Url.EncodeToString(claims)}{Separator}{signature}", expires);
    }

    /// <summary>
    /// Reads a ticket; null if it is for another stream, has expired, or was issued by another cluster.
    /// </summary>
    /// <exception cref="Storage.ChatStoreException">The store cannot be reached.</exception>
    public async ValueTask<StreamTicket?> ReadAsync(string text, string? scope, CancellationToken cancellationToken) =>
        TryParse(text, out var ticket)
            && ticket.Scope == scope
            && IsInTime(ticket)
            && await keys.FindAsync(ticket.KeyId, cancellationToken) is { } key
            && key.Verify(ticket.Claims, ticket.Signature)
            ? new StreamTicket(ticket.Owner, EndOf(ticket))
            : null;

    /// <summary>
    /// The owner of a ticket for any stream; null if it has expired or its key is not in memory. Does not read the
    /// store.
    /// </summary>
    public string? OwnerOf(string text) =>
        TryParse(text, out var ticket)
            && IsInTime(ticket)
            && keys.FindKnown(ticket.KeyId) is { } key
            && key.Verify(ticket.Claims, ticket.Signature) ? ticket.Owner : null;

    private static bool TryParse(string text, out Parsed ticket)
    {
        ticket = default;
        if (text.Length > MaxChars
            || text.Split(Separator) is not [var encoded, var signature]
            || !Base64Url.IsValid(encoded)
            || !Base64Url.IsValid(signature))
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

    /// <summary>
    /// Limits a stream that a ticket opened even if the caller's credentials do not expire: access may be revoked.
    /// </summary>
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
