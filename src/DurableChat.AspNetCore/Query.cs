using System.Globalization;

namespace DurableChat.AspNetCore;

/// <summary>Reads numbers of a query string.</summary>
internal static class Query
{
    public static bool TryLimit(string? text, int usual, int max, out int limit)
    {
        limit = usual;
        return text is null || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit >= 1 && limit <= max);
    }

    public static bool TryId(string text, out long id) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);
}
