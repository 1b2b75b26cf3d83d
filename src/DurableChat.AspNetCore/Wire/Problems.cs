using System.Globalization;
using DurableChat.Chats;
using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore.Wire;

/// <summary>
/// Errors as problem details (RFC 9457). <c>code</c> is a stable identifier, <c>field</c> names the invalid part of the
/// request, and <c>retryable</c> says whether the same request may succeed later.
/// </summary>
internal static class Problems
{
    /// <summary>The same response for missing chats and for other owners' chats, so that ids reveal nothing.</summary>
    public static IResult ChatNotFound() => Of(StatusCodes.Status404NotFound, "chat_not_found", "There is no such chat.");

    public static IResult FeedNotFound() => Of(StatusCodes.Status404NotFound, "feed_not_found", "This replica has nothing of such a chat in memory.");

    public static IResult Invalid(string field, string message) => Of(StatusCodes.Status400BadRequest, "invalid_field", message, field);

    public static IResult UnknownQueryField(string field, IEnumerable<string> known)
    {
        var names = string.Join(", ", known.Select(name => $"'{name}'"));
        return Invalid(field, names.Length == 0 ? "There is no such query field: this endpoint has none." : $"There is no such query field. This endpoint has {names}.");
    }

    public static IResult InvalidJson(string? field, string message) => Of(StatusCodes.Status400BadRequest, "invalid_json", message, field);

    public static IResult BodyTooLarge(int limit) =>
        Of(StatusCodes.Status413PayloadTooLarge, "body_too_large", $"The request body is larger than {limit} bytes.");

    public static IResult BodyUnreadable(int status) =>
        Of(status, "malformed_body", "The request body does not follow HTTP, or came too slowly.", retryable: status == StatusCodes.Status408RequestTimeout);

    public static IResult TooManyRequests() =>
        Of(StatusCodes.Status429TooManyRequests, "too_many_requests", "Too many requests came from you. Wait as long as Retry-After says.", retryable: true);

    /// <summary>There is no room for another request body at the moment.</summary>
    public static IResult BodiesInFlight(BodyRefusal refusal) => new Later(
        refusal == BodyRefusal.Owner
            ? Of(StatusCodes.Status429TooManyRequests, "too_many_bodies", "Your requests that are under way are too large together. Wait for some of them.", retryable: true)
            : Of(StatusCodes.Status503ServiceUnavailable, "bodies_full", "The requests that are under way are too large together.", retryable: true),
        seconds: 1);

    public static IResult TooManyValues(int limit) =>
        Of(StatusCodes.Status413PayloadTooLarge, "too_many_values", $"The request body has more than {limit} JSON values.");

    public static IResult NotJson() =>
        Of(StatusCodes.Status415UnsupportedMediaType, "not_json", "The request body must have the content type application/json.");

    public static IResult KeyReused() =>
        Of(StatusCodes.Status422UnprocessableEntity, "idempotency_key_reused", "The idempotency key was used before, for another request.", "Idempotency-Key");

    /// <summary>
    /// The key of a creation determines the chat's id, and ids are never reused. So the key cannot create a second
    /// chat, even after the first response is forgotten.
    /// </summary>
    public static IResult KeySpent() => Of(
        StatusCodes.Status422UnprocessableEntity,
        "idempotency_key_spent",
        "The chat that was created with this idempotency key was deleted, or was created too long ago to repeat the answer. Use a new key for a new chat.",
        "Idempotency-Key");

    public static IResult TooManyStreams(int limit) =>
        Of(StatusCodes.Status429TooManyRequests, "too_many_streams", $"At most {limit} streams may be open at once.", retryable: true);

    public static IResult ForeignOrigin() => Of(StatusCodes.Status403Forbidden, "foreign_origin", "Pages of this origin may not call this server.", "Origin");

    public static IResult NoOwner() => Of(StatusCodes.Status403Forbidden, "no_owner", "The server cannot tell whose chats these would be: your identity has no name.");

    public static IResult InvalidTicket() =>
        Of(StatusCodes.Status401Unauthorized, "invalid_ticket", "The ticket has expired, or is not for this stream: ask for another.", "ticket");

    public static IResult StorageUnavailable() =>
        Of(StatusCodes.Status503ServiceUnavailable, "storage_unavailable", "The database is not available just now.", retryable: true);

    public static IResult Of(Refusal refusal) => refusal.Code == RefusalCode.OwnerMemoryFull
        ? new Later(Of(StatusOf(refusal.Code), SnakeCase(refusal.Code), refusal.Message, refusal.Field, retryable: true), seconds: 5)
        : Of(StatusOf(refusal.Code), SnakeCase(refusal.Code), refusal.Message, refusal.Field);

    private static IResult Of(int status, string code, string detail, string? field = null, bool retryable = false)
    {
        var extensions = new Dictionary<string, object?> { ["code"] = code, ["retryable"] = retryable };
        if (field is not null)
        {
            extensions["field"] = field;
        }

        return Results.Problem(detail, statusCode: status, extensions: extensions);
    }

    private static int StatusOf(RefusalCode code) => code switch
    {
        RefusalCode.InvalidField or RefusalCode.SettingNotAllowed or RefusalCode.SettingOutOfBounds
            or RefusalCode.NotAUserMessage or RefusalCode.ToolCallNotFound => StatusCodes.Status400BadRequest,
        RefusalCode.MessageNotFound or RefusalCode.QueuedMessageNotFound => StatusCodes.Status404NotFound,
        RefusalCode.OwnerMemoryFull => StatusCodes.Status429TooManyRequests,
        _ => StatusCodes.Status409Conflict,
    };

    private static string SnakeCase(RefusalCode code) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(code.ToString());

    /// <summary>Adds when to retry.</summary>
    private sealed class Later(IResult answer, int seconds) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            return answer.ExecuteAsync(httpContext);
        }
    }
}
