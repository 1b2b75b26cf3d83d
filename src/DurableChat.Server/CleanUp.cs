using System.Diagnostics.CodeAnalysis;

namespace DurableChat.Server;

/// <summary>Cleans up after a failure, whose cause is what matters.</summary>
internal static class CleanUp
{
    /// <summary>Does what can be done; an error of its own is dropped.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever goes wrong here follows from the failure, and would hide it.")]
    public static async Task TryAsync(Func<Task> cleanUp)
    {
        try
        {
            await cleanUp();
        }
        catch (Exception)
        {
            // The cause is on its way already.
        }
    }
}
