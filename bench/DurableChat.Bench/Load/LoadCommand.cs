using System.CommandLine;
using System.Text.Json;

namespace DurableChat.Bench.Load;

/// <summary>
/// The command that is the load generator. It reads a plan as JSON from its input, and prints the results of the
/// phases, one a line.
/// </summary>
internal static class LoadCommand
{
    public static Command Create()
    {
        var command = new Command("load", "Is the load generator, for the other commands.") { Hidden = true };
        command.SetAction(async (_, cancellationToken) =>
        {
            var plan = JsonSerializer.Deserialize<LoadPlan>(await Console.In.ReadToEndAsync(cancellationToken))
                ?? throw new InvalidDataException("There is no plan.");
            if (plan.IsStorm)
            {
                using var storm = new StormGenerator(plan);
                Console.WriteLine(JsonSerializer.Serialize(await storm.RunAsync()));
                return;
            }

            using var generator = new LoadGenerator(plan);
            foreach (var result in generator.Run())
            {
                Console.WriteLine(JsonSerializer.Serialize(result));
            }
        });
        return command;
    }
}
