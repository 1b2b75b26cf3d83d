using System.Security.Claims;

namespace DurableChat.Server.Auth;

/// <summary>
/// Creates the principal of a caller: an owner's name, and whether the caller is an operator. Other claims of a token
/// are not copied.
/// </summary>
internal static class ServerPrincipal
{
    public static ClaimsPrincipal Create(string owner, bool isOperator, string scheme)
    {
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, owner)], scheme);
        if (isOperator)
        {
            identity.AddClaim(new Claim(ClaimTypes.Role, AuthSetup.OperatorPolicy));
        }

        return new ClaimsPrincipal(identity);
    }
}
