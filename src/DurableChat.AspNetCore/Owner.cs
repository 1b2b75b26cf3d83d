using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore;

/// <summary>Tells who asks.</summary>
internal static class Owner
{
    /// <summary>The owner's name. Endpoints require authorization, so there always is one.</summary>
    public static string Of(HttpContext context) =>
        context.User.FindFirstValue(ClaimTypes.NameIdentifier)
        ?? throw new InvalidOperationException($"The authenticated user has no {nameof(ClaimTypes.NameIdentifier)} claim to be known as an owner.");
}
