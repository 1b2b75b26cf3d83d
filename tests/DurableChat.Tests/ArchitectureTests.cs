using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace DurableChat.Tests;

/// <summary>Dependencies run one way, between all folders of all projects.</summary>
public sealed partial class ArchitectureTests
{
    /// <summary>
    /// The folders of each project: one may use those before it, never those after it. Files beside the folders put the
    /// project together and may use all of them. A project without folders is left out, and so is the scale test: it is
    /// a program of its own that nothing in the library uses.
    /// </summary>
    private static readonly Dictionary<string, string[]> _orders = new()
    {
        ["DurableChat"] =
        [
            "Chats", "Storage", "Diagnostics", "Cluster", "Feeds", "Commits", "Models", "Hooks", "Retention", "Watching",
            "Notifications", "Workers", "Relays",
        ],
        ["DurableChat.Providers"] = ["Http", "Chat", "Messages", "Responses"],
        ["DurableChat.Client"] = ["Calls", "Streams", "Adapters"],
        ["DurableChat.Recorder"] = ["Ledgers", "Recordings", "Wire"],
        ["DurableChat.AspNetCore"] = ["Origins", "Bodies", "WebSockets", "Cluster", "Tickets", "Health", "AiSdk"],
        ["DurableChat.Server"] =
        [
            "Logging", "Http", "Pages", "Limits", "Auth", "Models", "Recorders", "Clients",
        ],
    };

    public static TheoryData<string> Projects => [.. _orders.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_use_only_folders_before_them(string project)
    {
        var types = TypesOf(project);
        foreach (var (file, folder) in FilesOf(project).Where(file => file.Folder.Length > 0))
        {
            var place = Array.IndexOf(_orders[project], folder);
            foreach (Match mention in Mention(project).Matches(File.ReadAllText(file)))
            {
                var used = Array.IndexOf(_orders[project], mention.Groups["folder"].Value);
                var isOfFolder = mention.Groups["all"].Success || types.Contains((mention.Groups["folder"].Value, mention.Groups["type"].Value));
                Assert.True(used <= place || !isOfFolder, $"{file} uses {mention.Value}");
            }
        }
    }

    [Fact]
    public void Every_folder_has_its_place()
    {
        foreach (var project in Directory.EnumerateDirectories(Path.Combine(FindRoot(), "src")).Select(folder => Path.GetFileName(folder)!).Where(project => project != "DurableChat.ScaleTest"))
        {
            var folders = FilesOf(project).Select(file => file.Folder).Where(folder => folder is not ("" or "Migrations")).Distinct().Order();
            Assert.Equal((_orders.GetValueOrDefault(project) ?? []).Order(), folders);
        }
    }

    [Fact]
    public void The_library_knows_neither_a_web_framework_nor_a_database()
    {
        var references = typeof(ChatService).Assembly.GetReferencedAssemblies().Select(reference => reference.Name!).ToList();
        Assert.DoesNotContain(references, name => name.Contains("AspNetCore", StringComparison.Ordinal) || name.Contains("Sqlite", StringComparison.Ordinal) || name.Contains("Npgsql", StringComparison.Ordinal));
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!);
        while (!File.Exists(Path.Combine(folder.FullName, "DurableChat.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside of the repository.");
        }

        return folder.FullName;
    }

    private static IEnumerable<(string File, string Folder)> FilesOf(string project)
    {
        var source = Path.Combine(FindRoot(), "src", project);
        return Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .Select(file => (file, Path.GetRelativePath(source, file).Split(Path.DirectorySeparatorChar)))
            .Where(file => file.Item2[0] is not ("obj" or "bin"))
            .Select(file => (file.file, file.Item2.Length > 1 ? file.Item2[0] : string.Empty));
    }

    private static HashSet<(string Folder, string Type)> TypesOf(string project) =>
        [.. FilesOf(project).SelectMany(file => Declaration().Matches(File.ReadAllText(file.File)).Select(type => (file.Folder, type.Groups[1].Value)))];

    /// <summary>
    /// A folder's namespace, imported or in front of a type; or the folder's last name in front of a type, as code
    /// beside it may write.
    /// </summary>
    private static Regex Mention(string project)
    {
        var folders = string.Join('|', _orders[project]);
        return new Regex($@"(?<all>\b{Regex.Escape(project)}\.(?<folder>{folders})\b)|(?<![\w.])(?<folder>{folders})\.(?<type>[A-Z]\w*)");
    }

    [GeneratedRegex(@"^\s*(?:public|internal)\s+(?:(?:static|sealed|abstract|readonly|partial|ref)\s+)*(?:class|record struct|record|struct|interface|enum)\s+(\w+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
