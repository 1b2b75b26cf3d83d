using System.CommandLine;
using DurableChat.Lab.Attacks;
using DurableChat.Lab.Reporting;
using DurableChat.Lab.Running;

namespace DurableChat.Lab;

/// <summary>The command that runs attacks one after the other and prints a table.</summary>
internal static class AbuseCommand
{
    public static Command Create()
    {
        var size = new Option<string>("--size")
        {
            Description = "How large the attacks are.",
            DefaultValueFactory = _ => "full",
        };
        size.AcceptOnlyFromAmong("small", "full");
        var only = new Option<string[]>("--only")
        {
            Description = "The attacks to run; all by default.",
            AllowMultipleArgumentsPerToken = true,
        };
        only.AcceptOnlyFromAmong([.. AllAttacks.Makers.Select(make => make().Name)]);
        var command = new Command(
            "abuse",
            "Runs attacks, each against a server of its own, and prints a Markdown table. Exits with 1 if a bound "
                + "does not hold.")
        {
            size,
            only,
        };
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(AttackScale.Of(parsed.GetValue(size)!), parsed.GetValue(only) ?? [], cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(AttackScale scale, string[] only, CancellationToken cancellationToken)
    {
        var isBroken = false;
        Console.WriteLine(AbuseTable.Head);
        foreach (var make in AllAttacks.Makers)
        {
            await using var attack = make();
            if (only.Length > 0 && !only.Contains(attack.Name))
            {
                continue;
            }

            await Console.Error.WriteLineAsync($"== {attack.Name}");
            var result = await AttackRun.RunAsync(attack, scale, cancellationToken);
            Console.WriteLine(AbuseTable.Row(result));
            foreach (var finding in result.Findings)
            {
                await Console.Error.WriteLineAsync($"   {finding}");
            }

            isBroken |= result.Findings.Count > 0;
        }

        return isBroken ? 1 : 0;
    }
}
