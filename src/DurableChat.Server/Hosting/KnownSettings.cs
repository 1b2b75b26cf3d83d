using System.Globalization;
using System.Reflection;
using DurableChat.AspNetCore;
using DurableChat.Server.Auth;
using DurableChat.Server.Configuration;
using DurableChat.Server.Limits;
using DurableChat.Server.Models;
using DurableChat.Server.Recorders;
using DurableChat.Server.Stores;
using DurableChat.Server.Text;

namespace DurableChat.Server.Hosting;

/// <summary>
/// All sections that are the server's own, with the classes that hold their settings. A section that has a class of its
/// own within another section stands here by its path. A setting that no class
/// knows is misspelt, and would have no effect without a word.
/// </summary>
internal static class KnownSettings
{
    private static readonly Dictionary<string, Type> _sections = new(StringComparer.OrdinalIgnoreCase)
    {
        ["DurableChat"] = typeof(DurableChatOptions),
        ["DurableChat:Recorder"] = typeof(RecorderSettings),
        ["Http"] = typeof(DurableChatHttpOptions),
        ["Http:Limits"] = typeof(HttpLimits),
        ["Auth:Tokens"] = typeof(TokenSettings[]),
        ["Auth:Oidc"] = typeof(OidcSettings),
        ["Models"] = typeof(ModelSettings[]),
        ["Store"] = typeof(StoreSettings),
        ["Cluster"] = typeof(ClusterSettings),
        ["Notifications"] = typeof(NotificationSettings),
    };

    /// <summary>
    /// The environment is full of names of others, so a whole section counts as misspelt only if its name is nearly one
    /// of these. The others are too short, or too like other words.
    /// </summary>
    private static readonly string[] _longNames = ["DurableChat", "Models", "Store", "Cluster", "Notifications"];

    /// <summary>The sections by their paths.</summary>
    public static IReadOnlyDictionary<string, Type> Sections => _sections;

    /// <summary>Refuses settings that do not exist.</summary>
    /// <exception cref="ConfigurationException">
    /// There are some. The message names them, and what may be meant.
    /// </exception>
    public static void Check(IConfiguration configuration)
    {
        var problems = configuration.GetChildren().SelectMany(CheckSection).ToArray();
        if (problems.Length > 0)
        {
            throw new ConfigurationException($"The configuration is wrong. {string.Join(' ', problems)}");
        }
    }

    private static IEnumerable<string> CheckSection(IConfigurationSection section)
    {
        if (_sections.TryGetValue(section.Key, out var type))
        {
            return CheckValues(section, type);
        }

        if (SectionsIn(section.Key).Any())
        {
            return section.GetChildren().SelectMany(child => CheckMember(section, child, typeof(object)));
        }

        return section.GetChildren().Any() && NearestName.Find(section.Key, _longNames) is { } meant
            ? [$"There is no section '{section.Key}'. Did you mean '{meant}'?"]
            : [];
    }

    private static IEnumerable<string> CheckValues(IConfigurationSection section, Type type)
    {
        if (ElementOf(type) is { } element)
        {
            // A text would be ignored without a word, and with it e.g. all tokens.
            if (!string.IsNullOrEmpty(section.Value))
            {
                return [$"'{section.Path}' is a list: its entries are '{section.Path}:0' and so on, not one value."];
            }

            return section.GetChildren().SelectMany(child => int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)
                ? CheckValues(child, element)
                : [$"'{section.Path}' is a list: its entries are '{section.Path}:0' and so on, not '{child.Path}'."]);
        }

        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(BoundsSettings) && !section.GetChildren().Any())
        {
            // It would be ignored without a word.
            return [$"'{section.Path}' needs '{section.Path}:Min', '{section.Path}:Max' or both."];
        }

        return IsValue(type)
            ? section.GetChildren().Select(child => $"'{section.Path}' is one value: there is no setting '{child.Path}'.")
            : section.GetChildren().SelectMany(child => CheckMember(section, child, type));
    }

    private static IEnumerable<string> CheckMember(IConfigurationSection section, IConfigurationSection child, Type type)
    {
        if (_sections.TryGetValue(child.Path, out var own))
        {
            return CheckValues(child, own);
        }

        var members = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod is { IsPublic: true }).ToArray();
        if (Array.Find(members, property => string.Equals(property.Name, child.Key, StringComparison.OrdinalIgnoreCase)) is { } member)
        {
            return CheckValues(child, member.PropertyType);
        }

        string[] names = [.. members.Select(property => property.Name), .. SectionsIn(section.Path)];
        return [NearestName.Find(child.Key, names) is { } meant
            ? $"There is no setting '{child.Path}'. Did you mean '{section.Path}:{meant}'?"
            : $"There is no setting '{child.Path}'. In '{section.Path}' there are {string.Join(", ", names)}."];
    }

    private static IEnumerable<string> SectionsIn(string path) =>
        _sections.Keys.Where(name => name.StartsWith($"{path}:", StringComparison.OrdinalIgnoreCase)).Select(name => name[(path.Length + 1)..]);

    private static Type? ElementOf(Type type) =>
        type.IsArray ? type.GetElementType()
        : type.IsGenericType && typeof(System.Collections.IEnumerable).IsAssignableFrom(type) ? type.GetGenericArguments()[0]
        : null;

    private static bool IsValue(Type type) => type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(TimeSpan) || type == typeof(Uri) || type == typeof(decimal);
}
