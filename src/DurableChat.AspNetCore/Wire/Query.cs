using System.Globalization;

namespace DurableChat.AspNetCore.Wire;

/// <summary>Reads numbers of a query string.</summary>
internal static class Query
{
    public static bool TryLimit(string? text, int usual, int max, out int limit)
    {
        limit = usual;
        return text is null || (IsNumber(text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit >= 1 && limit <= max);
    }

    public static bool TryId(string text, out long id)
    {
        id = 0;
        return IsNumber(text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);
    }

    /// <summary>Checks the digits one by one, because the library's parsers accept trailing NULs.</summary>
    private static bool IsNumber(string text) => !text.AsSpan().ContainsAnyExceptInRange('0', '9');
}
