using DurableChat.Models;
using DurableChat.ScaleTest.Mock;
using Microsoft.Extensions.AI;

namespace DurableChat.Lab.Chaos.InProcess;

/// <summary>
/// A tool that takes up to four seconds and keeps a record of each run, under the key that it is given. How long it
/// takes follows from the key. Thread-safe.
/// </summary>
internal sealed class WorkTool(int replica, WorkJournal journal, TimeProvider time)
{
    /// <summary>Its name.</summary>
    public const string Name = "work";

    /// <summary>What models read of it.</summary>
    public const string Description = "Works for a while on a question.";

    /// <summary>Makes the tool.</summary>
    public AIFunction Create() => AIFunctionFactory.Create(RunAsync, Name, Description);

    /// <summary>The idempotency key of a call; empty if it has none.</summary>
    public static string KeyOf(AIFunctionArguments arguments) =>
        arguments.Context?.TryGetValue(ToolRegistry.IdempotencyKey, out var key) == true ? key?.ToString() ?? "" : "";

    private async Task<string> RunAsync(
        string question,
        AIFunctionArguments arguments,
        CancellationToken cancellationToken)
    {
        var key = KeyOf(arguments);
        var entry = journal.Begin(WorkKind.Tool, key, question, replica);
        try
        {
            await Task.Delay(MockWork.Duration(key), time, cancellationToken);
            entry.End(WorkOutcome.Completed);
            return "done";
        }
        finally
        {
            entry.End(WorkOutcome.Cancelled);
        }
    }
}
