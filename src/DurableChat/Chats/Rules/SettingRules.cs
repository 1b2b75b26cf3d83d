using System.Text.Json;

namespace DurableChat.Chats;

/// <summary>
/// Rules for the form of settings that apply to every model. They keep settings small and make sure that providers
/// receive them unchanged. Pure.
/// </summary>
internal static class SettingRules
{
    private const int MaxWordLength = 128;
    private const int MaxStops = 4;
    private const int MaxStopLength = 64;
    private const int MaxFormatBytes = 16 * 1024;
    private const int MaxFormatDepth = 16;
    private const int MaxNameLength = 64;

    private static readonly string[] _formats = ["text", "json_object", "json_schema"];
    private static readonly string[] _formatMembers = ["type", "name", "description", "schema", "strict"];

    /// <summary>
    /// Returns all errors in the form of the settings. Bounds of numbers are checked elsewhere, but each must be
    /// finite: JSON has no infinity, and <c>1e400</c> is read as infinity.
    /// </summary>
    /// <param name="settings">The settings.</param>
    /// <param name="field">The request field that holds them.</param>
    public static IEnumerable<Refusal> CheckForm(GenerationSettings settings, string field)
    {
        (string Name, string? Word)[] words =
        [
            ("reasoning_effort", settings.ReasoningEffort),
            ("reasoning_display", settings.ReasoningDisplay),
            ("tool_choice", settings.ToolChoice),
            ("service_tier", settings.ServiceTier),
        ];
        foreach (var (name, word) in words)
        {
            if (word is not null
                && (string.IsNullOrWhiteSpace(word) || word.Length > MaxWordLength || word.Any(char.IsControl)))
            {
                yield return Invalid($"{field}.{name}", $"{name} is a word of 1 to {MaxWordLength} characters.");
            }
        }

        foreach (var (name, number) in new[] { ("temperature", settings.Temperature), ("top_p", settings.TopP) })
        {
            if (number is { } value && !double.IsFinite(value))
            {
                yield return Invalid($"{field}.{name}", $"{name} is too large for a number.");
            }
        }

        if (settings.Stop is { } stops && !AreStops(stops))
        {
            yield return Invalid(
                $"{field}.stop", $"stop is a list of 1 to {MaxStops} texts of 1 to {MaxStopLength} characters.");
        }

        if (settings.ResponseFormat is { } format && CheckFormat(format, $"{field}.response_format") is { } problem)
        {
            yield return problem;
        }
    }

    private static bool AreStops(IReadOnlyList<string> stops) =>
        stops.Count is >= 1 and <= MaxStops && stops.All(stop => stop is { Length: >= 1 and <= MaxStopLength });

    /// <summary>Allows only members that providers agree on, because providers receive the object unchanged.</summary>
    private static Refusal? CheckFormat(JsonElement format, string field)
    {
        if (format.ValueKind != JsonValueKind.Object || TextOf(format, "type") is not { } type
            || !_formats.Contains(type))
        {
            return Invalid(field, $"response_format is an object whose type is {Words.Or(_formats)}.");
        }

        var unknown = format.EnumerateObject().Select(member => member.Name).Except(_formatMembers).FirstOrDefault();
        if (unknown is not null)
        {
            var name = TextCut.Start(unknown, MaxNameLength);
            return Invalid(field, $"response_format has {Words.And(_formatMembers)}, but no '{name}'.");
        }

        var bytes = System.Text.Encoding.UTF8.GetByteCount(format.GetRawText());
        if (bytes > MaxFormatBytes)
        {
            return OutOfBounds(field, $"response_format has {bytes} bytes; it may have {MaxFormatBytes}.");
        }

        if (!IsShallow(format, MaxFormatDepth))
        {
            return OutOfBounds(field, $"response_format is nested deeper than {MaxFormatDepth} levels.");
        }

        return type == "json_schema" ? CheckSchema(format, field)
            : format.EnumerateObject().Select(member => member.Name).FirstOrDefault(name => name != "type") is { } idle
            ? Invalid($"{field}.{idle}", $"A response_format of the type '{type}' has no '{idle}'. Leave it out.")
            : null;
    }

    private static Refusal? CheckSchema(JsonElement format, string field) =>
        !format.TryGetProperty("schema", out var schema) || schema.ValueKind != JsonValueKind.Object
            ? Invalid($"{field}.schema", "The schema is a JSON Schema: an object.")
        : format.TryGetProperty("name", out var name)
            && (name.ValueKind != JsonValueKind.String || !InputRules.IsToolName(name.GetString()!))
            ? Invalid($"{field}.name", $"The name of a schema has 1 to {MaxNameLength} letters, digits, '_' or '-'.")
        : format.TryGetProperty("description", out var description) && description.ValueKind != JsonValueKind.String
            ? Invalid($"{field}.description", "The description of a schema is a text.")
        : format.TryGetProperty("strict", out var strict)
            && strict.ValueKind is not (JsonValueKind.True or JsonValueKind.False)
            ? Invalid($"{field}.strict", "'strict' is true or false.")
        : null;

    private static bool IsShallow(JsonElement element, int levels) => element.ValueKind switch
    {
        JsonValueKind.Object =>
            levels > 0 && element.EnumerateObject().All(member => IsShallow(member.Value, levels - 1)),
        JsonValueKind.Array => levels > 0 && element.EnumerateArray().All(item => IsShallow(item, levels - 1)),
        _ => true,
    };

    private static string? TextOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static Refusal Invalid(string field, string message) => new(RefusalCode.InvalidField, message, field);

    private static Refusal OutOfBounds(string field, string message) =>
        new(RefusalCode.SettingOutOfBounds, message, field);
}
