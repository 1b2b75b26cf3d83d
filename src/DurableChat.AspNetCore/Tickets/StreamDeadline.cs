using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore.Tickets;

/// <summary>When a caller's right to follow a stream ends. Set when a ticket limits it.</summary>
internal sealed record StreamDeadline(DateTimeOffset? Until)
{
    /// <summary>The limit of a timer. A longer stream simply ends, and its client reconnects.</summary>
    private static readonly TimeSpan _longest = TimeSpan.FromDays(40);

    /// <summary>When the credentials of a request expire; null if they do not.</summary>
    public static DateTimeOffset? Of(HttpContext context) => context.Features.Get<StreamDeadline>() is { } ticket
        ? ticket.Until
        : context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties?.ExpiresUtc;

    /// <summary>Starts a token that is cancelled at that time; null if the credentials do not expire.</summary>
    public static CancellationTokenSource? Start(HttpContext context, TimeProvider time)
    {
        if (Of(context) is not { } until)
        {
            return null;
        }

        var left = until - time.GetUtcNow();
        return new CancellationTokenSource(
            left < TimeSpan.Zero ? TimeSpan.Zero : left > _longest ? _longest : left, time);
    }
}
