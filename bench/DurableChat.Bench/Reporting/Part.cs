using System.CommandLine;

namespace DurableChat.Bench.Reporting;

/// <summary>Makes the command of a part that has no options of its own.</summary>
internal static class Part
{
    public static Command Create(string name, string description, Func<bool, CancellationToken, Task<PartReport>> run)
    {
        var quick = new Option<bool>("--quick")
        {
            Description = "A look in seconds, which is printed and not written down.",
        };
        var command = new Command(name, description) { quick };
        command.SetAction(async (parsed, cancellationToken) => PartWriter.Write(
            await run(parsed.GetValue(quick), cancellationToken), parsed.GetValue(quick)));
        return command;
    }
}
