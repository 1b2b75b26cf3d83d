using System.Reflection;

namespace DurableChat.Conformance;

/// <summary>
/// The databases of released schemas, one file of SQL for each migration, named like it. A release that changes the schema adds the file of its own: without it the tests fail, and the explicit test
/// that is named in the failure writes it.
/// </summary>
public static class SchemaFiles
{
    /// <summary>The names of a store's migrations, in their order.</summary>
    public static IReadOnlyList<string> Migrations(Assembly store)
    {
        ArgumentNullException.ThrowIfNull(store);
        return [.. store.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Select(name => name.Split('.')[^2]).Order(StringComparer.Ordinal)];
    }

    /// <summary>Where the file of a migration is.</summary>
    /// <param name="folder">The folder below the repository's.</param>
    /// <param name="migration">The migration's name.</param>
    public static string PathOf(string folder, string migration)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "DurableChat.slnx")))
        {
            root = root.Parent ?? throw new InvalidOperationException("The tests run outside of the repository.");
        }

        return Path.Combine(root.FullName, folder, $"{migration}.sql");
    }
}
