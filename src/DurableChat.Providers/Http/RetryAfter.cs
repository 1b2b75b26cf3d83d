using System.Globalization;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace DurableChat.Providers.Http;

/// <summary>
/// Reads how long a provider asks to wait: from <c>Retry-After</c> in seconds, with a fraction, or as an HTTP date (RFC
/// 9110, 10.2.3); from <c>retry-after-ms</c>, which OpenAI and Azure send as well; or from an error's text. Pure.
/// </summary>
internal static partial class RetryAfter
{
    private static readonly string[] _dates = ["R", "dddd, dd-MMM-yy HH:mm:ss 'GMT'", "ddd MMM d HH:mm:ss yyyy",
        "ddd MMM  d HH:mm:ss yyyy"];

    /// <summary>The delay; null if the headers contain none.</summary>
    public static TimeSpan? Read(HttpResponseHeaders headers, DateTimeOffset now)
    {
        if (First(headers, "retry-after-ms") is { } milliseconds && Number(milliseconds) is { } ms)
        {
            return Span(ms / 1000);
        }

        if (First(headers, "Retry-After") is not { } text)
        {
            return null;
        }

        return Number(text.EndsWith('s') ? text[..^1] : text) is { } seconds ? Span(seconds)
            : Date(text) is { } date ? Span(Math.Max(0, (date - now).TotalSeconds))
            : null;
    }

    /// <summary>
    /// The delay in an error's text. Google has a member for it, others a sentence. Null if there is none.
    /// </summary>
    public static TimeSpan? ReadWords(string error)
    {
        var match = Words().Match(error);
        return match.Success && (match.Groups["m"].Success || match.Groups["s"].Success || match.Groups["ms"].Success)
            ? Span((60 * Of(match, "m")) + Of(match, "s") + (Of(match, "ms") / 1000))
            : null;
    }

    private static double Of(Match match, string group) =>
        match.Groups[group].Success ? Number(match.Groups[group].Value) ?? 0 : 0;

    private static string? First(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.FirstOrDefault()?.Trim() : null;

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number) ? number : null;

    private static DateTimeOffset? Date(string text)
    {
        const DateTimeStyles Styles =
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowWhiteSpaces;
        return DateTimeOffset.TryParseExact(text, _dates, CultureInfo.InvariantCulture, Styles, out var date)
            || DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Styles, out date)
            ? date
            : null;
    }

    private static TimeSpan Span(double seconds) =>
        TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.FromDays(1).TotalSeconds));

    [GeneratedRegex(
        @"(?:retryDelay:\s*|(?:try again|retry|wait)\s+(?:in|after|for)\s+)"
        + @"(?:(?<ms>\d+(?:\.\d+)?)\s?ms"
        + @"|(?:(?<m>\d+)\s?m(?:in(?:ute)?s?)?\b?\s?)?(?:(?<s>\d+(?:\.\d+)?)\s?s(?:ec(?:ond)?s?)?\b)?)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Words();
}
