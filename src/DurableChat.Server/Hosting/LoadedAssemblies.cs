using System.Reflection;
using DurableChat.Providers.Http;

namespace DurableChat.Server.Hosting;

/// <summary>
/// Loads what requests need before the first of them comes. The runtime loads an assembly when it is first used. If no
/// file can be opened in that moment, a static constructor that needs it fails, and then for the life of the process.
/// </summary>
internal static class LoadedAssemblies
{
    private const string WebServer = "Microsoft.AspNetCore.";
    private const string Own = "DurableChat";

    /// <summary>
    /// Loads what the assemblies of the web server and our own refer to. All that can be reached would be a hundred
    /// more, with two open files each. The program itself refers to what is not configured, such as other databases.
    /// </summary>
    public static void Load()
    {
        var loaded = AppDomain.CurrentDomain.GetAssemblies().Append(typeof(ReadOnlyStream).Assembly).Distinct();
        foreach (var name in loaded.Where(IsNeeded).SelectMany(assembly => assembly.GetReferencedAssemblies()).DistinctBy(name => name.Name).ToList())
        {
            TryLoad(name);
        }

        // The first value that the platform converts from text loads it, through an assembly that is not ours.
        TryLoad(new AssemblyName("System.Drawing.Primitives"));
    }

    private static bool IsNeeded(Assembly assembly) =>
        assembly != typeof(LoadedAssemblies).Assembly
        && assembly.GetName().Name is { } name
        && (name.StartsWith(WebServer, StringComparison.Ordinal) || name.StartsWith(Own, StringComparison.Ordinal));

    private static void TryLoad(AssemblyName name)
    {
        try
        {
            Assembly.Load(name);
        }
        catch (FileNotFoundException)
        {
            // It is of another system, or optional.
        }
    }
}
