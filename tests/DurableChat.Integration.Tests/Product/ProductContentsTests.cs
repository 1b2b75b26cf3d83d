using System.CommandLine;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using DurableChat.Server.Commands;
using DurableChat.Server.Configuration;
using DurableChat.Server.Hosting;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace DurableChat.Integration.Tests.Product;

/// <summary>
/// What is shipped holds nothing of the lab: no fault injectors, no replicas within a process, no switches for tests.
/// The benchmark with its mock model is part of the product.
/// </summary>
public sealed partial class ProductContentsTests
{
    [Fact]
    public void The_program_consists_of_these_assemblies_of_ours() => Assert.Equal(
        [
            "DurableChat", "DurableChat.AspNetCore", "DurableChat.Client", "DurableChat.PostgreSql", "DurableChat.Providers",
            "DurableChat.Recorder", "DurableChat.Redis", "DurableChat.ScaleTest", "DurableChat.Server", "DurableChat.Sqlite",
        ],
        Assemblies());

    [Fact]
    public void No_assembly_of_the_program_refers_to_the_lab_or_has_a_type_of_it()
    {
        foreach (var assembly in Assemblies().Select(Assembly.Load))
        {
            Assert.DoesNotContain(assembly.GetReferencedAssemblies(), reference => reference.Name!.StartsWith("DurableChat.Lab", StringComparison.Ordinal));
            Assert.DoesNotContain(assembly.GetTypes(), type => OfLab().IsMatch(type.FullName!));
        }
    }

    [Fact]
    public void No_project_of_the_product_refers_to_the_lab()
    {
        var projects = Directory.GetFiles(Path.Combine(FindRoot(), "src"), "*.csproj", SearchOption.AllDirectories);
        Assert.InRange(projects.Length, 10, 100);
        Assert.All(projects, project => Assert.DoesNotMatch(@"Include=""[^""]*\blab/", File.ReadAllText(project)));
    }

    [Theory]
    [InlineData("DurableChat:Feeds:CoalesceReads")]
    [InlineData("DurableChat:Notifications:InlineMessages")]
    [InlineData("DurableChat:Notifications:FaultRate")]
    public void A_switch_for_tests_is_no_setting(string name)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(name, (string?)"1")]).Build();
        Assert.Contains($"'{name}'", Assert.Throws<ConfigurationException>(() => KnownSettings.Check(configuration)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void There_are_sections_for_operators_only() =>
        Assert.DoesNotContain(KnownSettings.Sections.Keys, section => section.Split(':')[0] is "Testing" or "Lab");

    [Fact]
    public void The_program_has_these_commands()
    {
        var program = ProgramCommands.Create();
        Assert.Equal(
            [
                "backup", "chat", "chats", "completion", "export", "import", "models", "recorder", "restore", "scaletest",
                "secret", "serve", "token",
            ],
            program.Subcommands.Select(command => command.Name).Order(StringComparer.Ordinal));
        Assert.Equal(["compare"], program.Subcommands.Single(command => command.Name == "scaletest").Subcommands.Where(command => !command.Hidden).Select(command => command.Name));
    }

    /// <summary>The assemblies of ours that a build or a publication of the server lists.</summary>
    private static List<string> Assemblies()
    {
        using var list = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "DurableChat.Server.deps.json")));
        return [.. list.RootElement.GetProperty("libraries").EnumerateObject()
            .Where(library => library.Value.GetProperty("type").GetString() == "project")
            .Select(library => library.Name.Split('/')[0]).Order(StringComparer.Ordinal)];
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "DurableChat.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside of the repository.");
        }

        return folder.FullName;
    }

    /// <summary>Namespaces of the lab, and names that its parts had while they were in the product.</summary>
    [GeneratedRegex(@"^DurableChat\.Lab\.|\.Chaos\.|\b(NotificationFaults|FaultyChannel|OffsetTimeProvider|TestingSettings|InProcessWorld|StoreWeather)\b")]
    private static partial Regex OfLab();
}
