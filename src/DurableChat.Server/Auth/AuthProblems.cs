namespace DurableChat.Server.Auth;

/// <summary>The responses to refused callers, as problem details.</summary>
internal static class AuthProblems
{
    public static Task UnauthorizedAsync(HttpContext context) => WriteAsync(
        context, StatusCodes.Status401Unauthorized, "unauthorized", "Send a valid token in the Authorization header.");

    public static Task TokenExpiredAsync(HttpContext context) =>
        WriteAsync(context, StatusCodes.Status401Unauthorized, "token_expired", "The token has expired: get another.");

    public static Task ForbiddenAsync(HttpContext context) =>
        WriteAsync(context, StatusCodes.Status403Forbidden, "forbidden", "This is for operators.");

    public static Task IssuerUnavailableAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "5";
        return WriteAsync(
            context,
            StatusCodes.Status503ServiceUnavailable,
            "issuer_unavailable",
            "The issuer of the token cannot be asked for its keys just now.",
            retryable: true);
    }

    private static Task WriteAsync(HttpContext context, int status, string code, string detail, bool retryable = false)
    {
        if (status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = BearerToken.Scheme;
        }

        return Results.Problem(detail, statusCode: status, extensions: new Dictionary<string, object?>
        {
            ["code"] = code,
            ["retryable"] = retryable,
        }).ExecuteAsync(context);
    }
}
