using System.Text.Json;

namespace DurableChat.Providers.Http;

/// <summary>Describes the inputs of provider-side tools. Pure.</summary>
internal static class ProviderTools
{
    private static readonly string[] _telling = ["query", "queries", "url", "code", "command", "pattern", "arguments"];

    /// <summary>The most informative member; null if no known member exists.</summary>
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
    /// The most informative member; the whole input if no known member exists; empty if there is no input.
    /// </summary>
    public static string Describe(JsonElement input) =>
        Known(input)
        ?? (input.ValueKind == JsonValueKind.Object && input.EnumerateObject().Any() ? input.GetRawText() : "");
}
