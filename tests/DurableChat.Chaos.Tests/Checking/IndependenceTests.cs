using System.Text.RegularExpressions;
using DurableChat.Lab.Chaos;
using Xunit;

namespace DurableChat.Chaos.Tests.Checking;

/// <summary>A checker that shares code with what it checks shares its mistakes.</summary>
public sealed partial class IndependenceTests
{
    /// <summary>
    /// The command puts the worlds together, and the worlds reach the server; the plan, the clients, the records and
    /// the laws do not.
    /// </summary>
    [Fact]
    public void The_plan_the_clients_and_the_checker_mention_no_type_of_the_product()
    {
        var product = Product();
        var namespaces = product.Select(type => type.Namespace!.Split('.').ElementAtOrDefault(1)).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var visible = product.Where(type => type.Namespace == "DurableChat").Select(type => type.Name.Split('`')[0]).ToHashSet(StringComparer.Ordinal);
        Assert.Contains(nameof(ChatService), visible);
        var folder = Path.Combine(FindRoot(), "lab", "DurableChat.Lab", "Chaos");
        string[] files = [.. Directory.GetFiles(folder, "*.cs").Where(file => Path.GetFileName(file) != $"{nameof(ChaosCommand)}.cs"), .. Directory.GetFiles(Path.Combine(folder, "Checking"), "*.cs")];
        Assert.InRange(files.Length, 30, 200);
        foreach (var file in files)
        {
            var text = Comment().Replace(File.ReadAllText(file), "");
            Assert.All(Qualified().Matches(text).Select(name => name.Groups[1].Value), name => Assert.Contains(name, (string[])["Lab", "ScaleTest"]));
            Assert.All(Unqualified().Matches(text).Select(name => name.Groups[1].Value), name => Assert.False(visible.Contains(name), $"{file} mentions {name}"));
            Assert.All(PartlyQualified().Matches(text).Select(name => name.Groups[1].Value), name => Assert.False(namespaces.Contains(name), $"{file} mentions {name}"));
        }
    }

    private static List<Type> Product() =>
        [.. Directory.GetFiles(AppContext.BaseDirectory, "DurableChat*.dll")
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Where(name => name is not ("DurableChat.Lab" or "DurableChat.ScaleTest") && !name.EndsWith("Tests", StringComparison.Ordinal))
            .SelectMany(name => System.Reflection.Assembly.Load(name).GetTypes())
            .Where(type => type.Namespace?.StartsWith("DurableChat", StringComparison.Ordinal) == true)];

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "DurableChat.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside of the repository.");
        }

        return folder.FullName;
    }

    [GeneratedRegex("//.*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\bDurableChat\.(\w+)")]
    private static partial Regex Qualified();

    [GeneratedRegex(@"(?<![\w.])([A-Z]\w*)")]
    private static partial Regex Unqualified();

    [GeneratedRegex(@"(?<![\w.])([A-Z]\w*)\.[A-Z]")]
    private static partial Regex PartlyQualified();
}
