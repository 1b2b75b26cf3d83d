using System.Reflection;

namespace DurableChat.Tests.Tidy;

/// <summary>The checked-out repository.</summary>
internal static class Repository
{
    /// <summary>The path of its root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The C# files below a folder, without what a build made.</summary>
    public static IEnumerable<string> Sources(string folder)
    {
        var root = Path.Combine(Root, folder);
        return Directory.Exists(root)
            ? Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
                .Where(file => !IsBuilt(Path.GetRelativePath(root, file)))
            : [];
    }

    private static bool IsBuilt(string file) =>
        file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin");

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!);
        while (!File.Exists(Path.Combine(folder.FullName, "DurableChat.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside of the repository.");
        }

        return folder.FullName;
    }
}
