using System.Security.Claims;

namespace DurableChat.Server.Auth;

/// <summary>Makes what the server knows of a caller: an owner's name and whether it is an operator. No claim of a token gets in by itself.</summary>
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
