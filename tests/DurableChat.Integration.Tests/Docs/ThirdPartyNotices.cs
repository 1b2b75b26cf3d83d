using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;

namespace DurableChat.Integration.Tests.Docs;

/// <summary>
/// Writes the notices of all packages that the published program contains: those of .NET whose files are copied beside
/// it, and those that its page is built of. Everything comes from the packages themselves.
/// </summary>
internal static class ThirdPartyNotices
{
    private const string Rule = "--------------------------------------------------------------------------------";

    private static readonly string[] _assets = ["runtime", "native", "runtimeTargets"];

    /// <summary>
    /// Packages beside which a standard text lies, by the name of their licence: for those that bring only the name.
    /// </summary>
    private static readonly Dictionary<string, string> _standard = new(StringComparer.Ordinal)
    {
        ["Apache-2.0"] = "OpenTelemetry",
        ["BSD-3-Clause"] = "Polly.Core",
    };

    /// <summary>All of the file, or null where the packages of the page are not installed.</summary>
    public static string? Write(string root)
    {
        if (!Directory.Exists(Path.Combine(root, "web", "node_modules", "preact")))
        {
            return null;
        }

        List<Notice> program = [.. Program(root)], page = [.. Page(root)];
        var texts = new List<string>();
        AddStandard(root, program, texts);
        var file = new StringBuilder();
        file.Append("Third-party notices\n\nThe program durablechat contains the packages below, each under its own licence.\n");
        file.Append("Written by a test from what the packages bring; do not edit.\n");
        WriteList(file, "Packages of the program", program, texts);
        WriteList(file, "Packages of the page", page, texts);
        for (var number = 1; number <= texts.Count; number++)
        {
            file.Append(CultureInfo.InvariantCulture, $"\n{Rule}\nText {number}\n{Rule}\n\n{texts[number - 1]}\n");
        }

        return file.ToString();
    }

    /// <summary>
    /// The names and versions of all packages, as the file lists them: known from lists that are checked in.
    /// </summary>
    public static IEnumerable<string> Names(string root) => [.. Program(root).Select(NameOf), .. PageNames(root).Select(name => $"{name.Name} {name.Version}")];

    private static string NameOf(Notice notice) => $"{notice.Name} {notice.Version}";

    private static void WriteList(StringBuilder file, string title, List<Notice> notices, List<string> texts)
    {
        file.Append(CultureInfo.InvariantCulture, $"\n{title}\n{new string('=', title.Length)}\n");
        foreach (var notice in notices)
        {
            file.Append(CultureInfo.InvariantCulture, $"\n{NameOf(notice)}\n  Licence: {notice.Licence}\n");
            Line(file, "Copyright", notice.Copyright);
            Line(file, "From", notice.Address);
            Line(file, "Texts", string.Join(", ", notice.Texts.Select(text => NumberOf(text, texts))));
        }
    }

    private static void Line(StringBuilder file, string name, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value))
        {
            file.Append(CultureInfo.InvariantCulture, $"  {name}: {value}\n");
        }
    }

    private static int NumberOf(string text, List<string> texts)
    {
        if (!texts.Contains(text))
        {
            texts.Add(text);
        }

        return texts.IndexOf(text) + 1;
    }

    /// <summary>
    /// Gives packages that bring only the name of a licence its text, from this project's own or another package's.
    /// </summary>
    private static void AddStandard(string root, List<Notice> notices, List<string> texts)
    {
        var own = Clean(File.ReadAllText(Path.Combine(root, "LICENSE")));
        var standard = _standard.ToDictionary(
            licence => licence.Key, licence => notices.Single(notice => notice.Name == licence.Value).Texts[0]);
        standard["MIT"] = $"MIT License\n\n{own[own.IndexOf("Permission is hereby granted", StringComparison.Ordinal)..]}";
        foreach (var notice in notices.Where(notice => !notice.HasOwn && standard.ContainsKey(notice.Licence)))
        {
            notice.Texts.Insert(0, standard[notice.Licence]);
            NumberOf(standard[notice.Licence], texts);
        }
    }

    private static IEnumerable<Notice> Program(string root)
    {
        var path = Path.Combine(root, "src", "DurableChat.Server", "obj", "project.assets.json");
        using var assets = JsonDocument.Parse(File.ReadAllBytes(path));
        var folder = assets.RootElement.GetProperty("packageFolders").EnumerateObject().First().Name;
        foreach (var package in assets.RootElement.GetProperty("targets").GetProperty("net10.0").EnumerateObject())
        {
            if (package.Value.GetProperty("type").GetString() == "package" && _assets.Any(kind => HasFiles(package.Value, kind)))
            {
                var place = assets.RootElement.GetProperty("libraries").GetProperty(package.Name).GetProperty("path").GetString()!;
                yield return OfPackage(Path.Combine(folder, place), package.Name.Split('/'));
            }
        }
    }

    private static bool HasFiles(JsonElement package, string kind) =>
        package.TryGetProperty(kind, out var files) && files.EnumerateObject().Any(file => !file.Name.EndsWith("/_._", StringComparison.Ordinal));

    private static Notice OfPackage(string folder, string[] name)
    {
        var metadata = XDocument.Load(Directory.EnumerateFiles(folder, "*.nuspec").Single()).Root!.Elements().First();
        string? Value(string member) => metadata.Elements().FirstOrDefault(element => element.Name.LocalName == member)?.Value.Trim();
        var licence = metadata.Elements().FirstOrDefault(element => element.Name.LocalName == "license");
        var isExpression = licence?.Attribute("type")?.Value == "expression";
        return new Notice(
            name[0],
            name[1],
            isExpression ? licence!.Value.Trim() : licence is null ? Value("licenseUrl") ?? "unknown" : "see the text",
            Value("copyright") is { Length: > 0 } copyright ? copyright : Value("authors"),
            Value("projectUrl"),
            TextsIn(folder),
            Directory.EnumerateFiles(folder).Any(IsLicence));
    }

    private static IEnumerable<(string Path, string Name, string Version, string Licence)> PageNames(string root)
    {
        using var packages = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(root, "web", "package-lock.json")));
        return
        [
            .. packages.RootElement.GetProperty("packages").EnumerateObject()
                .Where(package => package.Name.Length > 0 && !Is(package.Value, "dev") && !Is(package.Value, "optional"))
                .Select(package => (
                    package.Name,
                    package.Name[(package.Name.LastIndexOf("node_modules/", StringComparison.Ordinal) + "node_modules/".Length)..],
                    package.Value.GetProperty("version").GetString()!,
                    package.Value.GetProperty("license").GetString()!)),
        ];
    }

    private static bool Is(JsonElement package, string flag) => package.TryGetProperty(flag, out var value) && value.GetBoolean();

    private static IEnumerable<Notice> Page(string root) => PageNames(root).Select(package => new Notice(
        package.Name, package.Version, package.Licence, null, null, TextsIn(Path.Combine(root, "web", package.Path)), HasOwn: true));

    /// <summary>The licence first, then notices of what a package contains itself.</summary>
    private static List<string> TextsIn(string folder) =>
    [
        .. Directory.EnumerateFiles(folder)
            .Where(file => IsLicence(file) || Path.GetFileName(file).Contains("notice", StringComparison.OrdinalIgnoreCase))
            .OrderBy(file => !IsLicence(file)).ThenBy(file => file, StringComparer.Ordinal)
            .Select(file => Clean(File.ReadAllText(file))),
    ];

    private static bool IsLicence(string file) => Path.GetFileName(file).StartsWith("LICENSE", StringComparison.OrdinalIgnoreCase);

    /// <summary>Without the ends of lines that the file's own would differ from.</summary>
    private static string Clean(string text) =>
        string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd())).Trim('\n', '\uFEFF');

    private sealed record Notice(string Name, string Version, string Licence, string? Copyright, string? Address, List<string> Texts, bool HasOwn);
}
