using System.Text.Json;

namespace DurableChat.Providers.Http;

/// <summary>Describes what providers' own tools were run with. Pure.</summary>
internal static class ProviderTools
{
    private static readonly string[] _telling = ["query", "queries", "url", "code", "command", "pattern", "arguments"];

    /// <summary>The member that tells people most; null if none is known.</summary>
    public static string? Known(JsonElement input)
    {
        foreach (var name in _telling)
        {
            var items = input.Items(name)
                .Where(item => item.ValueKind == JsonValueKind.String)
                .Select(item => item.Loose());
            if ((input.Text(name) ?? string.Join(", ", items)) is { Length: > 0 } text)
            {
                return text;
            }
        }

        return null;
    }

    /// <summary>
    /// The member that tells people most; all of the input if none is known; empty if there is nothing.
    /// </summary>
    public static string Describe(JsonElement input) =>
        Known(input)
        ?? (input.ValueKind == JsonValueKind.Object && input.EnumerateObject().Any() ? input.GetRawText() : "");
}
