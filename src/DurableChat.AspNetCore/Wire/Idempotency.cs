using DurableChat.Chats;
using DurableChat.Commits;
using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore.Wire;

/// <summary>Reads the <c>Idempotency-Key</c> header.</summary>
internal static class Idempotency
{
    private const string Header = "Idempotency-Key";
    private const int MaxLength = 255;

    /// <summary>
    /// Creates the idempotent request, or null if there is no such header. Returns false if the header is malformed.
    /// </summary>
    public static bool TryRead(HttpContext context, string fingerprint, Func<Transition, string> outcome, out IdempotencyRequest? request, out IResult? problem)
    {
        request = null;
        problem = null;
        if (!context.Request.Headers.TryGetValue(Header, out var values))
        {
            return true;
        }

        if (values is not [{ Length: > 0 and <= MaxLength } key] || !key.All(c => c is > ' ' and <= '~'))
        {
            problem = Problems.Invalid(Header, $"An idempotency key has 1 to {MaxLength} visible ASCII characters.");
            return false;
        }

        request = new IdempotencyRequest(key, fingerprint, outcome);
        return true;
    }
}
