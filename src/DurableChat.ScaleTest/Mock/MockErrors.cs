using Microsoft.AspNetCore.Http;

namespace DurableChat.ScaleTest.Mock;

/// <summary>Errors as the API has them.</summary>
internal static class MockErrors
{
    public static Task WriteAsync(HttpContext context, int status)
    {
        var (type, message) = status switch
        {
            400 => ("invalid_request_error", "The request has no model or no messages."),
            < 429 => ("invalid_request_error", "The request cannot be read."),
            429 => ("rate_limit_error", "Too many requests."),
            _ => ("server_error", "The mock model fails on purpose."),
        };
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status429TooManyRequests)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        return context.Response.WriteAsJsonAsync(
            new { Error = new { Message = message, Type = type, Code = type } },
            MockServer.Json,
            context.RequestAborted);
    }
}
