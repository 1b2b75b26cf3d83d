using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore.Identity;

/// <summary>Maps a request to its owner: the owner of everything that it creates and may see. Immutable.</summary>
/// <param name="find">
/// Returns the owner of a request, the same for all requests of a person. Null refuses the request.
/// </param>
internal sealed class OwnerMapping(Func<HttpContext, string?> find)
{
    /// <summary>The longest subject of OpenID Connect, 255 characters, plus a prefix of up to 64.</summary>
    public const int MaxLength = 319;

    /// <summary>The name identifier claim of the authenticated user.</summary>
    public static OwnerMapping Default { get; } = new(context => context.User.FindFirstValue(ClaimTypes.NameIdentifier));

    /// <summary>The owner; null if there is none, or if its name cannot be stored.</summary>
    public string? Find(HttpContext context) => find(context) is { Length: > 0 and <= MaxLength } owner && !owner.Any(char.IsControl) ? owner : null;
}
