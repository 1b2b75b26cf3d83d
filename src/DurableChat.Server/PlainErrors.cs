using System.Data.Common;
using System.Net.Sockets;
using DurableChat.Storage;
using Microsoft.Extensions.Options;

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
        catch (Exception exception) when (FindExpected(exception) is { } expected)
        {
            return await SayAsync(expected.Message);
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
        // What comes from libraries may have several lines, and what comes from servers may speak to the terminal.
        await Console.Error.WriteLineAsync($"durablechat: {Printable.Line(sentence.ReplaceLineEndings(" "))}");
        return ExitCode;
    }

    /// <summary>What an operator can put right, however deep the host or a container has wrapped it; null for a defect of the program.</summary>
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
