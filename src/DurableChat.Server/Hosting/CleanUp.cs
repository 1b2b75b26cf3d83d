using System.Diagnostics.CodeAnalysis;

namespace DurableChat.Server.Hosting;

/// <summary>Cleans up after a failure whose cause must be reported.</summary>
internal static class CleanUp
{
    /// <summary>Runs the clean-up and ignores its own errors.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever goes wrong here follows from the failure, and would hide it.")]
    public static async Task TryAsync(Func<Task> cleanUp)
    {
        try
        {
            await cleanUp();
        }
        catch (Exception)
        {
            // The cause is already being reported.
        }
    }
}
