using System.CommandLine;
using DurableChat.Lab.Chaos.Worlds;
using DurableChat.ScaleTest.Commands;

namespace DurableChat.Lab.Chaos;

/// <summary>The command that looks for broken promises under faults.</summary>
internal static class ChaosCommand
{
    private const int MaxSteps = 1_000_000;

    /// <summary>Makes the command.</summary>
    /// <param name="inProcess">Makes replicas within this process, for the mode of that name.</param>
    /// <param name="inProcessFaults">The faults that can be done to them.</param>
    public static Command Create(ChaosWorldFactory inProcess, IReadOnlyList<ChaosFault> inProcessFaults)
    {
        var normal = new ChaosOptions();
        var mode = new Option<string>("--mode")
        {
            Description = "Real servers, or replicas within this process.",
            DefaultValueFactory = _ => "process",
        };
        mode.AcceptOnlyFromAmong("process", "in-process");
        var seeds = new Option<string>("--seeds")
        {
            Description = "The seeds to run, e.g. 7, or 1-24, or 1-10,40.",
            DefaultValueFactory = _ => "1",
        };
        seeds.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && SeedList.Read(text) is null)
            {
                result.AddError("--seeds is a list of numbers and ranges such as 1-10,40.");
            }
        });
        var replicas = Options.Number("--replicas", "How many replicas.", normal.Replicas, 1, 16);
        var store = new Option<string?>("--store")
        {
            Description =
            "Where the chats are kept. Left out, sqlite for one server or within this process, postgres for several."
        };
        store.AcceptOnlyFromAmong("sqlite", "postgres");
        var steps = Options.Number(
            "--steps", "How many commands the clients give for each seed.", normal.Steps, 1, MaxSteps);
        var clients = Options.Number("--clients", "How many clients.", normal.Clients, 1, 1000);
        var chats = Options.Number("--chats", "How many chats.", normal.Chats, 1, 1000);
        var previous = new Option<string?>("--previous")
        {
            Description =
                "The previous version of this program, a .dll or an executable: the replicas start with it, and the "
                    + "fault 'upgrade' replaces one after the other by this version. Only for real servers.",
        };
        Options.RequireText(previous);
        var faults = new Option<string?>("--faults")
        {
            Description =
                $"Which faults, separated by commas: "
                    + $"{string.Join(", ", Enum.GetNames<ChaosFault>().Select(name => name.ToLowerInvariant()))}; all "
                    + "that can be done to the store, or none. Left out, upgrade with --previous, otherwise all.",
        };
        var faultCount = Options.Number(
            "--fault-count",
            "How many faults for each seed. Left out, one for each replica with --previous.",
            normal.FaultCount,
            0,
            10_000);
        var modelErrors = Options.Rate("--model-errors", "The share of model calls that fail.");
        modelErrors.DefaultValueFactory = _ => normal.ModelErrors;
        var notificationFaults = Options.Rate(
            "--notification-faults", "The share of notifications that are lost, repeated or swapped.");
        notificationFaults.DefaultValueFactory = _ => normal.NotificationFaults;
        var pace = Options.Number(
            "--pace-ms",
            "The longest that a client thinks between two commands, in milliseconds.",
            normal.PaceMs,
            0,
            60_000);
        var maxStall = Options.Number(
            "--max-stall", "The longest that the database stalls, in seconds.", normal.MaxStallSeconds, 5, 60);
        var parallel = Options.Number("--parallel", "Within this process: how many seeds run at once.", 4, 1, 64);
        var json = new Option<string?>("--json") { Description = "Writes the report to this file." };
        Options.RequireText(json);
        var command = new Command(
            "chaos",
            "Lets clients work while faults are injected, and proves afterwards that nothing was lost, doubled, "
                + "reordered, stuck, left without a driver or done twice.")
        {
            mode,
            seeds,
            replicas,
            store,
            steps,
            clients,
            chats,
            previous,
            faults,
            faultCount,
            modelErrors,
            notificationFaults,
            pace,
            maxStall,
            parallel,
            json,
        };
        command.Validators.Add(result =>
        {
            // What is left out has no value yet while the rest is checked.
            var isInProcess = result.GetValue(mode) == "in-process";
            var count = result.GetValue(replicas) is > 0 and var given ? given : normal.Replicas;
            var chosen = Store(result.GetValue(store), isInProcess, count);
            if (isInProcess && chosen != "sqlite")
            {
                result.AddError("--mode in-process keeps its chats in SQLite.");
            }
            else if (!isInProcess && chosen == "sqlite" && count > 1)
            {
                result.AddError("Several servers need --store postgres.");
            }
            else if (result.GetValue(previous) is { } program && (isInProcess || !File.Exists(program)))
            {
                result.AddError(
                    isInProcess ? "--previous needs --mode process." : $"--previous: there is no program '{program}'.");
            }
            else if (ReadFaults(
                result.GetValue(faults), Possible(isInProcess, chosen, result.GetValue(previous))) is null)
            {
                result.AddError(
                    $"--faults can be {string.Join(", ", Possible(isInProcess, chosen, result.GetValue(previous)).Select(fault => fault.ToString().ToLowerInvariant()))} here, or all, or none.");
            }
        });
        command.SetAction((parsed, cancellationToken) =>
        {
            var isInProcess = parsed.GetValue(mode) == "in-process";
            var chosen = Store(parsed.GetValue(store), isInProcess, parsed.GetValue(replicas));
            return ChaosSeeds.RunAsync(
                SeedList.Read(parsed.GetValue(seeds)!)!,
                new ChaosOptions
                {
                    Replicas = parsed.GetValue(replicas),
                    Store = chosen,
                    Steps = parsed.GetValue(steps),
                    Clients = parsed.GetValue(clients),
                    Chats = parsed.GetValue(chats),
                    Previous = parsed.GetValue(previous) is { } program ? Path.GetFullPath(program) : null,
                    Faults =
                        ReadFaults(parsed.GetValue(faults), Possible(isInProcess, chosen, parsed.GetValue(previous)))!,
                    FaultCount = parsed.GetValue(previous) is not null && parsed.GetResult(
                        faultCount) is { Implicit: true } ? parsed.GetValue(replicas) : parsed.GetValue(faultCount),
                    ModelErrors = parsed.GetValue(modelErrors),
                    NotificationFaults = parsed.GetValue(notificationFaults),
                    PaceMs = parsed.GetValue(pace),
                    MaxStallSeconds = parsed.GetValue(maxStall),
                },
                isInProcess ? ChaosMode.InProcess : ChaosMode.Process,
                isInProcess ? inProcess : ProcessWorld.StartAsync,
                isInProcess ? parsed.GetValue(parallel) : 1,
                parsed.GetValue(json),
                cancellationToken);
        });
        return command;

        IReadOnlyList<ChaosFault> Possible(bool isInProcess, string chosen, string? older) =>
            isInProcess ? inProcessFaults : ProcessWorld.FaultsFor(chosen, older is not null);
    }

    private static string Store(string? given, bool isInProcess, int replicas) =>
        given ?? (isInProcess || replicas == 1 ? "sqlite" : "postgres");

    private static IReadOnlyList<ChaosFault>? ReadFaults(string? given, IReadOnlyList<ChaosFault> possible)
    {
        var text = given ?? (possible.Contains(ChaosFault.Upgrade) ? "upgrade" : "all");
        if (text is "all" or "none")
        {
            return text == "all" ? possible : [];
        }

        var faults = text.Split(',').Select(name => possible.Where(fault => fault.ToString().Equals(
            name, StringComparison.OrdinalIgnoreCase)).Select(fault => (ChaosFault?)fault).FirstOrDefault()).ToList();
        return faults.TrueForAll(fault => fault is not null) ? [.. faults.Select(fault => fault!.Value)] : null;
    }
}
