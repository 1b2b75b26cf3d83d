using System.Text.RegularExpressions;
using Xunit;

namespace DurableChat.Tests.Tidy;

/// <summary>Dependencies run one way, between all folders of all projects.</summary>
public sealed partial class ArchitectureTests
{
    /// <summary>
    /// The folders of each project: one may use those before it, never those after it. Files beside the folders put the
    /// project together and may use all of them. The scale test is left out: it is a program of its own that nothing in
    /// the library uses.
    /// </summary>
    private static readonly Dictionary<string, string[]> _orders = new()
    {
        ["DurableChat"] =
        [
            "Chats", "Storage", "Diagnostics", "Cluster", "Feeds", "Commits", "Models", "Hooks", "Retention",
            "Watching", "Notifications", "Workers", "Relays", "Options",
        ],
        ["DurableChat.Providers"] = ["Http", "Chat", "Messages", "Responses"],
        ["DurableChat.Sqlite"] = ["Connections", "Statements", "Migrations", "Writes"],
        ["DurableChat.PostgreSql"] = ["Connections", "Statements", "Migrations", "Notifications", "Sessions"],
        ["DurableChat.Mcp"] = ["Connections", "Tools"],
        ["DurableChat.Client"] = ["Models", "Calls", "Streams", "Adapters"],
        ["DurableChat.Recorder"] = ["Ledgers", "Recordings", "Options", "Calls", "Wire"],
        ["DurableChat.AspNetCore"] =
        [
            "Wire", "Tickets", "Identity", "Bodies", "WebSockets", "Streaming", "Cluster", "Health", "Endpoints", "AiSdk",
        ],
        ["DurableChat.Server"] =
        [
            "Configuration", "Text", "Logging", "Http", "Pages", "Limits", "Auth", "Models", "Stores", "Recorders",
            "Terminal", "Hosting", "Commands",
        ],
    };

    public static TheoryData<string> Projects => [.. _orders.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_use_only_folders_before_them(string project)
    {
        var order = _orders[project];
        var types = TypesOf(project);
        var byName = types.Where(type => type.Namespace != $"{project}.{type.Folder}")
            .ToLookup(type => type.Name, type => type.Folder);
        foreach (var (file, folder) in FilesOf(project).Where(file => file.Folder.Length > 0))
        {
            var place = Array.IndexOf(order, folder);
            var text = File.ReadAllText(file);
            foreach (Match mention in Mention(project).Matches(text))
            {
                var used = mention.Groups["folder"].Value;
                var homes = mention.Groups["all"].Success
                    ? types.Where(type => type.Namespace == $"{project}.{used}")
                    : types.Where(type => type.Folder == used && type.Name == mention.Groups["type"].Value);
                Assert.True(
                    !homes.Any() || homes.Any(type => Array.IndexOf(order, type.Folder) <= place),
                    $"{file} uses {mention.Value}");
            }

            foreach (Match word in Name().Matches(Comment().Replace(text, string.Empty)))
            {
                var used = byName[word.Value];
                Assert.True(
                    !used.Any() || used.Any(one => Array.IndexOf(order, one) <= place), $"{file} uses {word.Value}");
            }
        }
    }

    [Fact]
    public void Every_folder_has_its_place()
    {
        var projects = Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src"))
            .Select(folder => Path.GetFileName(folder)!);
        foreach (var project in projects.Where(project => project != "DurableChat.ScaleTest"))
        {
            var folders = FilesOf(project)
                .Select(file => file.Folder)
                .Where(folder => folder.Length > 0)
                .Distinct()
                .Order();
            Assert.Equal((_orders.GetValueOrDefault(project) ?? []).Order(), folders);
        }
    }

    [Fact]
    public void The_library_knows_neither_a_web_framework_nor_a_database()
    {
        var references = typeof(ChatService).Assembly.GetReferencedAssemblies()
            .Select(reference => reference.Name!)
            .ToList();
        Assert.DoesNotContain(references, name => name.Contains("AspNetCore", StringComparison.Ordinal)
            || name.Contains("Sqlite", StringComparison.Ordinal)
            || name.Contains("Npgsql", StringComparison.Ordinal));
    }

    private static IEnumerable<(string File, string Folder)> FilesOf(string project)
    {
        var source = Path.Combine(Repository.Root, "src", project);
        return Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .Select(file => (file, Path.GetRelativePath(source, file).Split(Path.DirectorySeparatorChar)))
            .Where(file => file.Item2[0] is not ("obj" or "bin"))
            .Select(file => (file.file, file.Item2.Length > 1 ? file.Item2[0] : string.Empty));
    }

    /// <summary>
    /// The types of a project. A public type keeps its namespace when it moves, so no import shows its use. Such types
    /// are found by their names.
    /// </summary>
    private static List<(string Folder, string Name, string Namespace)> TypesOf(string project) =>
    [
        .. from file in FilesOf(project)
           let text = File.ReadAllText(file.File)
           from type in Declaration().Matches(text)
           select (file.Folder, type.Groups[1].Value, Namespace().Match(text).Groups[1].Value),
    ];

    /// <summary>
    /// A folder's namespace, imported or in front of a type; or the folder's last name in front of a type, as code
    /// beside it may write.
    /// </summary>
    private static Regex Mention(string project)
    {
        var folders = string.Join('|', _orders[project]);
        return new Regex(
            $@"(?<all>\b{Regex.Escape(project)}\.(?<folder>{folders})\b)|(?<![\w.])(?<folder>{folders})\.(?<type>[A-Z]\w*)");
    }

    [GeneratedRegex(@"(?<![\w.])[A-Z]\w*")]
    private static partial Regex Name();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex("//.*")]
    private static partial Regex Comment();

    [GeneratedRegex(
        @"^(?:public|internal)\s+(?:(?:static|sealed|abstract|readonly|partial|ref)\s+)*(?:class|record struct|record|struct|interface|enum)\s+(\w+)",
        RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
