using System.Data.Common;
using System.Net.Sockets;
using DurableChat.Server.Configuration;
using DurableChat.Storage;
using Microsoft.Extensions.Options;

namespace DurableChat.Server.Text;

/// <summary>Ends a command that fails because of its environment with one sentence instead of a stack trace.</summary>
internal static class PlainErrors
{
    /// <summary>
    /// The exit code for problems that the operator must fix: the command line, the configuration, or the database.
    /// </summary>
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
        catch (Exception exception) when (FindExpected(exception) is { } expected)
        {
            return await SayAsync(expected.Message);
        }
        catch (InvalidDataException exception)
        {
            // An invalid configuration file: only the innermost exception contains the line.
            return await SayAsync($"{exception.Message} {exception.GetBaseException().Message} Correct the file.");
        }
    }

    /// <summary>Prints the problem.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> SayAsync(string sentence)
    {
        // Texts of libraries may have several lines, and texts of servers may contain terminal codes.
        await Console.Error.WriteLineAsync($"durablechat: {Printable.Line(sentence.ReplaceLineEndings(" "))}");
        return ExitCode;
    }

    /// <summary>
    /// The exception that an operator can fix, however deeply the host or a container has wrapped it; null for a defect
    /// of the program.
    /// </summary>
    private static Exception? FindExpected(Exception exception) => exception switch
    {
        ConfigurationException or ChatStoreException or UnauthorizedAccessException or OptionsValidationException => exception,
        AggregateException many => many.InnerExceptions.Select(FindExpected).FirstOrDefault(found => found is not null),
        { InnerException: { } inner } when FindExpected(inner) is { } found => found,
        IOException => exception,
        SocketException or DbException => exception,
        _ => null,
    };
}
