using System.Text.Json;
using System.Text.RegularExpressions;
using DurableChat.Models;

namespace DurableChat.Providers.Http;

/// <summary>
/// Classifies provider errors, with an HTTP status or inside an answer: by type and code where there are any, otherwise
/// by their texts. Pure.
/// </summary>
internal static partial class ProviderErrors
{
    private const int MatchMilliseconds = 1000;

    /// <summary>Classifies an unsuccessful response.</summary>
    /// <param name="status">Its HTTP status.</param>
    /// <param name="body">The part of its body that was read.</param>
    /// <param name="retryAfter">The delay that the provider requests.</param>
    public static ModelFailure OfResponse(int status, string body, TimeSpan? retryAfter) =>
        Of(status, ErrorText.Of(body), retryAfter);

    /// <summary>Classifies an error inside an answer. Its code may be a status, a name, or both.</summary>
    public static ModelFailure OfEvent(JsonElement error)
    {
        var text = ErrorText.Of(error);
        return error.ValueKind == JsonValueKind.Object && StatusOf(error) is { } status ? Of(status, text, null)
            : OfRejection(text) is { } rejection ? rejection
            : ErrorWords.Limited(text) ? ModelErrors.OfStatus(429, RetryAfter.ReadWords(text))
            : ErrorWords.Unauthorized(text) ? ModelErrors.OfStatus(401)
            : ErrorWords.UnknownModel(text) ? ModelErrors.OfStatus(404)
            : ErrorWords.Rejected(text) ? ModelErrors.OfStatus(400)
            : ModelErrors.OfStatus(503, RetryAfter.ReadWords(text));
    }

    private static ModelFailure Of(int status, string error, TimeSpan? retryAfter)
    {
        retryAfter ??= status is 429 or >= 500 ? RetryAfter.ReadWords(error) : null;
        return status switch
        {
            429 => OfLimit(error, retryAfter),
            402 => ModelErrors.Quota,
            413 => ModelErrors.ContextOverflow,

            // Groq: no capacity for the service tier.
            498 => ModelErrors.OfStatus(503, retryAfter),
            400 or 403 or 404 or 409 or 422 or 451 => OfRejection(error)
                ?? (ErrorWords.Limited(error) ? ModelErrors.OfStatus(429, RetryAfter.ReadWords(error))
                    : ErrorWords.Unauthorized(error) ? ModelErrors.OfStatus(401)
                    : ErrorWords.UnknownModel(error) ? ModelErrors.OfStatus(404)
                    : ModelErrors.OfStatus(status, retryAfter)),

            // Local servers report unsupported requests as internal errors.
            >= 500 when ErrorWords.Overflow(error) => ModelErrors.ContextOverflow,
            >= 500 when AreToolsRefused(error) => ModelErrors.OfStatus(400) with { AreToolsRefused = true },
            _ => ModelErrors.OfStatus(status, retryAfter),
        };
    }

    /// <summary>
    /// A rate limit, unless waiting does not help: the credit is used up, or a single request exceeds the limit.
    /// </summary>
    private static ModelFailure OfLimit(string error, TimeSpan? retryAfter) =>
        ErrorWords.IsGoogleQuota(error)
            ? (ErrorWords.IsDailyQuota(error) ? ModelErrors.Quota : ModelErrors.OfStatus(429, retryAfter))
        : ErrorWords.Quota(error) ? ModelErrors.Quota
        : ErrorWords.RequestTooLarge(error) ? ModelErrors.ContextOverflow
        : ModelErrors.OfStatus(429, retryAfter);

    private static ModelFailure? OfRejection(string error) =>
        ErrorWords.BrokenCall(error) ? ModelErrors.BrokenCall
        : ErrorWords.Overflow(error) ? ModelErrors.ContextOverflow
        : ErrorWords.Quota(error) ? ModelErrors.Quota
        : IsReplayRefused(error) ? ModelErrors.OfStatus(400) with { IsReplayRefused = true }
        : AreToolsRefused(error) ? ModelErrors.OfStatus(400) with { AreToolsRefused = true }
        : ErrorWords.Refusal(error) ? ModelErrors.Refused
        : null;

    private static bool IsReplayRefused(string error) =>
        ErrorWords.Replay(error) || MissingItem().IsMatch(error) || UnknownField().IsMatch(error);

    private static bool AreToolsRefused(string error) =>
        ErrorWords.Tools(error) || ToolsUnsupported().IsMatch(error) || UnsupportedTools().IsMatch(error);

    private static int? StatusOf(JsonElement error)
    {
        foreach (var name in (string[])["code", "status", "status_code", "http_code"])
        {
            if (error.TryGetProperty(name, out var code)
                && (code.ValueKind == JsonValueKind.Number ? code.TryGetInt32(out var status)
                : int.TryParse(code.ValueKind == JsonValueKind.String ? code.Loose() : null, out status))
                && status is >= 400 and < 600)
            {
                return status;
            }
        }

        return null;
    }

    [GeneratedRegex("Item with id.{1,200}not found", RegexOptions.IgnoreCase | RegexOptions.Singleline,
        MatchMilliseconds)]
    private static partial Regex MissingItem();

    /// <summary>The server does not know a field of an earlier answer, such as its reasoning.</summary>
    [GeneratedRegex(
        @"\A(?=.*\b(messages|input|assistant)\b)"
        + @"(?=.*\b(reasoning_content|reasoning_details|reasoning|extra_content|thinking_blocks|thinking)\b)"
        + @".*(unsupported|not supported|not permitted|extra_forbidden|unknown (parameter|field|name)|unrecognized"
        + @"|unexpected|not allowed)",
        RegexOptions.IgnoreCase | RegexOptions.Singleline,
        MatchMilliseconds)]
    private static partial Regex UnknownField();

    [GeneratedRegex(
        @"(?<![\w.\[])(tools?(?![\[\w.])|functions?|function[ -](call(ing|s)?|tools)|tool[ _-](use|calling|calls?))"
        + @"\b[^.\n]{0,80}?\b(not supported|unsupported|not enabled|not available|not allowed)\b",
        RegexOptions.IgnoreCase,
        MatchMilliseconds)]
    private static partial Regex ToolsUnsupported();

    [GeneratedRegex(
        @"\b((does not|doesn't|do not|don't|not|cannot) support|unsupported (parameter|feature|argument)s?:?"
        + @"|no endpoints found that support)"
        + @"[^.\n]{0,40}?(?<!\w)(tools?(?![\[\w.])|function|tool[ _-](use|call))",
        RegexOptions.IgnoreCase,
        MatchMilliseconds)]
    private static partial Regex UnsupportedTools();
}
