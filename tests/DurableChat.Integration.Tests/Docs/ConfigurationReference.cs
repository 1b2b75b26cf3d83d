using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using DurableChat.Server.Hosting;

namespace DurableChat.Integration.Tests.Docs;

/// <summary>Writes the reference of all settings from the classes that hold them and their documentation.</summary>
internal static partial class ConfigurationReference
{
    private const string Head = """
        # Configuration reference

        Every setting, made of the code's own documentation. What to change and why is in [operations.md](operations.md); clusters are in [cluster.md](cluster.md).

        Settings come from `appsettings.json` in the folder where the server starts, or from environment variables with `__` in place of each colon, e.g. `DurableChat__Feeds__WindowMessages=512`. Durations are
        `hours:minutes:seconds`, with days in front: `00:00:15`, `90.00:00:00`. `N` is a number from 0 on: lists have entries `0`, `1` and so on. A setting that does not exist is refused at the start.

        ## Outside of sections

        | setting | default | |
        | --- | --- | --- |
        | `urls` | `http://127.0.0.1:8080` | Where to listen; several addresses are separated by semicolons. |
        | `Logging:Format` | | `json` for structured logs, else text. |
        | `Logging:LogLevel:Default` | `Information` | The least severe log that is written: `Debug`, `Information`, `Warning`, `Error`, `None`. |
        | `OTEL_EXPORTER_OTLP_ENDPOINT` | | Where metrics are pushed besides `/metrics`. |

        """;

    private static readonly Dictionary<string, XElement> _docs = Directory.EnumerateFiles(AppContext.BaseDirectory, "DurableChat*.xml")
        .SelectMany(path => XDocument.Load(path).Descendants("member"))
        .GroupBy(member => member.Attribute("name")!.Value, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);

    public static string Write()
    {
        var text = new StringBuilder(Head);
        foreach (var (section, type) in KnownSettings.Sections)
        {
            WriteSection(text, type.IsArray ? $"{section}:N" : section, type.IsArray ? type.GetElementType()! : type);
        }

        return text.ToString();
    }

    private static void WriteSection(StringBuilder text, string section, Type type)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## {section}\n\n{Summary($"T:{type.FullName}")}\n");
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod is { IsPublic: true }).ToList();
        var own = properties.Where(property => !IsSection(property.PropertyType)).ToList();
        if (own.Count > 0)
        {
            text.Append("\n| setting | default | |\n| --- | --- | --- |\n");
        }

        foreach (var property in own)
        {
            text.Append(CultureInfo.InvariantCulture, $"| `{section}:{property.Name}` | {Default(type, property)} | {Summary($"P:{property.DeclaringType!.FullName}.{property.Name}")} |\n");
        }

        foreach (var property in properties.Except(own))
        {
            WriteSection(text, $"{section}:{property.Name}", property.PropertyType);
        }
    }

    private static bool IsSection(Type type) => type.IsClass && type.Namespace!.StartsWith("DurableChat", StringComparison.Ordinal);

    private static string Default(Type type, PropertyInfo property)
    {
        var value = Format(property.GetValue(Activator.CreateInstance(type)));
        return value == Format(property.GetValue(Activator.CreateInstance(type))) ? value : "made at each start";
    }

    private static string Format(object? value) => value switch
    {
        null or "" => string.Empty,
        System.Collections.IEnumerable and not string => string.Empty,
        bool flag => flag ? "`true`" : "`false`",
        TimeSpan time => $"`{time.ToString("c", CultureInfo.InvariantCulture)}`",
        IFormattable number => $"`{number.ToString(null, CultureInfo.InvariantCulture)}`",
        _ => $"`{value}`",
    };

    private static string Summary(string member)
    {
        var summary = _docs[member].Element("summary")!;
        var words = string.Concat(summary.Nodes().Select(node => node switch
        {
            XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
            XElement element when element.Attribute("cref") is { } reference => $"`{reference.Value.Split('.')[^1]}`",
            XElement element when element.Attribute("langword") is { } word => $"`{word.Value}`",
            XElement element => element.Value,
            _ => node.ToString(),
        }));
        return Spaces().Replace(System.Net.WebUtility.HtmlDecode(words), " ").Trim().Replace("|", "\\|", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
