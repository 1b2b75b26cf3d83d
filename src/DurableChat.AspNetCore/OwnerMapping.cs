using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore;

/// <summary>Tells who owns what a request makes, and sees what it may see. Immutable.</summary>
/// <param name="find">The owner of a request: the same for all requests of the same person. Null refuses the request.</param>
internal sealed class OwnerMapping(Func<HttpContext, string?> find)
{
    /// <summary>The longest subject of OpenID Connect, 255 characters, and a prefix of up to 64.</summary>
    public const int MaxLength = 319;

    /// <summary>The name identifier claim of who is authenticated.</summary>
    public static OwnerMapping Default { get; } = new(context => context.User.FindFirstValue(ClaimTypes.NameIdentifier));

    /// <summary>The owner; null if there is none, or none that can be stored.</summary>
    public string? Find(HttpContext context) => find(context) is { Length: > 0 and <= MaxLength } owner && !owner.Any(char.IsControl) ? owner : null;
}
