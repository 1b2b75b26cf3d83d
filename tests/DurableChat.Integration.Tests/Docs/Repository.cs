namespace DurableChat.Integration.Tests.Docs;

/// <summary>The files that the tests run beside.</summary>
internal static class Repository
{
    /// <summary>The folder of all.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "DurableChat.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return folder.FullName;
    }
}
