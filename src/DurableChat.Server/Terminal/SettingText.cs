using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DurableChat.Client;
using DurableChat.Server.Text;

namespace DurableChat.Server.Terminal;

/// <summary>Settings in the form in which users type them: <c>temperature=0.2</c>. Pure.</summary>
internal static class SettingText
{
    private static readonly JsonSerializerOptions _json =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The names of all settings.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(ChatSettings).GetProperties()
            .Where(property => property.SetMethod is not null)
            .Select(property => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name)),
    ];

    /// <summary>Adds a setting. An empty value removes it.</summary>
    /// <param name="settings">The present settings; null for none.</param>
    /// <param name="name">The name of the setting.</param>
    /// <param name="value">The value: a JSON value or a word.</param>
    /// <exception cref="FormatException">There is no such setting, or the value is not valid for it.</exception>
    public static ChatSettings With(ChatSettings? settings, string name, string value)
    {
        if (!Names.Contains(name, StringComparer.Ordinal))
        {
            throw new FormatException(NearestName.Find(name, Names) is { } meant
                ? $"There is no setting '{name}'. Did you mean '{meant}'?"
                : $"There is no setting '{name}'. There are {string.Join(", ", Names)}.");
        }

        var all = JsonSerializer.SerializeToNode(settings ?? new ChatSettings(), _json)!.AsObject();
        foreach (var candidate in Candidates(value))
        {
            try
            {
                all[name] = candidate is null ? null : JsonNode.Parse(candidate);
                var set = all.Deserialize<ChatSettings>(_json)!;
                if (!IsFinite(set.Temperature) || !IsFinite(set.TopP))
                {
                    throw new FormatException($"'{value}' is too large for {name}.");
                }

                // Values that JSON cannot represent fail only here.
                JsonSerializer.SerializeToUtf8Bytes(set, _json);
                return set;
            }
            catch (Exception exception)
                when (exception is JsonException or InvalidOperationException or ArgumentException)
            {
                // This interpretation of the text is not valid. Lone surrogates and duplicate member names fail only
                // when the value is used.
            }
        }

        throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"'{value}' is no value of {name}."));
    }

    /// <summary>Reads settings from texts of the form <c>name=value</c>; null for none.</summary>
    /// <exception cref="FormatException">A text does not have this form, or is not a setting.</exception>
    public static ChatSettings? Read(IEnumerable<string> texts)
    {
        ChatSettings? settings = null;
        foreach (var text in texts)
        {
            var at = text.IndexOf('=', StringComparison.Ordinal);
            settings = at > 0
                ? With(settings, text[..at], text[(at + 1)..])
                : throw new FormatException($"'{text}' is not of the form name=value.");
        }

        return settings;
    }

    /// <summary>The settings in the form in which users type them; "none" for none.</summary>
    public static string Write(ChatSettings? settings)
    {
        var members = JsonSerializer.SerializeToNode(settings ?? new ChatSettings(), _json)!.AsObject();
        var set = members.Where(member => member.Value is not null);
        var texts = set.Select(member => $"{member.Key}={TextOf(member.Value!)}");
        return string.Join(' ', texts) is { Length: > 0 } written ? written : "none";
    }

    /// <summary>A number such as 1e400 is parsed as infinity, which JSON cannot represent.</summary>
    private static bool IsFinite(double? number) => number is not { } value || double.IsFinite(value);

    private static string? TextOf(JsonNode value) =>
        value.GetValueKind() == JsonValueKind.String ? (string?)value : value.ToJsonString();

    /// <summary>Possible interpretations as JSON: the value itself, a string, a list of one string.</summary>
    private static string?[] Candidates(string value)
    {
        var text = JsonSerializer.Serialize(value);
        return value.Length == 0 ? [null] : [value, text, $"[{text}]"];
    }
}
