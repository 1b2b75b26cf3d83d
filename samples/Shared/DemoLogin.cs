using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.BearerToken;

namespace Samples;

/// <summary>Signs in whoever says a name. Your application asks for more than that.</summary>
internal static class DemoLogin
{
    public static void MapDemoLogin(this IEndpointRouteBuilder app) =>
        app.MapPost("/login", (string name) => TypedResults.SignIn(
            new ClaimsPrincipal(new ClaimsIdentity(
                [new Claim(ClaimTypes.NameIdentifier, name)], BearerTokenDefaults.AuthenticationScheme)),
            authenticationScheme: BearerTokenDefaults.AuthenticationScheme));
}
