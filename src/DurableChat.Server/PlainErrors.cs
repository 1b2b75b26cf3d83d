using DurableChat.Storage;

namespace DurableChat.Server;

/// <summary>Ends a command whose surroundings are not right with one sentence instead of a stack trace.</summary>
internal static class PlainErrors
{
    /// <summary>The exit code for what the operator has to put right: the command line, the configuration, or the database.</summary>
    public const int ExitCode = 2;

    /// <summary>Runs a command.</summary>
    /// <returns>Its exit code.</returns>
    public static async Task<int> RunAsync(Func<Task> command)
    {
        try
        {
            await command();
            return 0;
        }
        catch (Exception exception) when (exception is ConfigurationException or ChatStoreException or UnauthorizedAccessException)
        {
            return await SayAsync(exception.Message);
        }
        catch (InvalidDataException exception)
        {
            // A configuration file; only the innermost exception tells the line.
            return await SayAsync($"{exception.Message} {exception.GetBaseException().Message} Correct the file.");
        }
    }

    /// <summary>Says what is wrong.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> SayAsync(string sentence)
    {
        // What comes from libraries may have several lines.
        await Console.Error.WriteLineAsync($"durablechat: {sentence.ReplaceLineEndings(" ")}");
        return ExitCode;
    }
}
