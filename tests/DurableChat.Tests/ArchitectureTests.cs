using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace DurableChat.Tests;

/// <summary>Dependencies run one way.</summary>
public sealed partial class ArchitectureTests
{
    /// <summary>A folder may use those before it, never those after it.</summary>
    private static readonly string[] _order = ["Chats", "Storage", "Cluster", "Feeds", "Commits", "Retention",
        "Watching", "Notifications", "Workers", "Relays"];

    [Fact]
    public void Folders_use_only_folders_before_them()
    {
        var source = Path.Combine(FindRoot(), "src", "DurableChat");
        foreach (var file in Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories).Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)))
        {
            var place = Array.IndexOf(_order, Path.GetRelativePath(source, file).Split(Path.DirectorySeparatorChar)[0]);
            if (place < 0)
            {
                continue;
            }

            foreach (Match used in UsedFolder().Matches(File.ReadAllText(file)))
            {
                Assert.True(Array.IndexOf(_order, used.Groups[1].Value) <= place, $"{file} uses {used.Value}");
            }
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

    [GeneratedRegex(@"using DurableChat\.(\w+);")]
    private static partial Regex UsedFolder();
}
