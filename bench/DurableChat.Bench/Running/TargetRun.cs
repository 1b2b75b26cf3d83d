using System.Globalization;
using System.Text.Json;
using DurableChat.Bench.Load;
using DurableChat.Bench.Targets;

namespace DurableChat.Bench.Running;

/// <summary>
/// Puts one target under load: starts it, what it needs, and the load generator, each as a process of its own.
/// </summary>
internal static class TargetRun
{
    /// <summary>What the project of the server sets for its own process.</summary>
    private static readonly Dictionary<string, string> _asServed = new()
    {
        ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0",
    };

    /// <summary>Runs the phases, or the steps if there are some; gives their results in order.</summary>
    /// <exception cref="InvalidOperationException">A process failed; it has said why.</exception>
    public static async Task<IReadOnlyList<PhaseResult>> RunAsync(
        TargetSpec target,
        int subscribers,
        int chats,
        int window,
        IReadOnlyList<Phase> phases,
        IReadOnlyList<int> steps,
        CancellationToken cancellationToken)
    {
        using var redis = target.NeedsRedis ? RedisProcess.Start() : null;
        using var server = Start(target, chats, redis?.Port ?? 0, store: null, durableWindow: null);
        var (port, control) = await server.WaitUntilReadyAsync(cancellationToken);
        using var load = ChildProcess.StartSelf(["load"]);
        var plan = new LoadPlan
        {
            Port = port,
            ControlPort = control,
            Transport = target.Transport,
            Path = target.Path,
            Ready = target.Ready,
            Subscribers = subscribers,
            Chats = chats,
            Window = window,
            Phases = phases,
            Steps = steps,
            Servers = [server.Id],
            Sides = redis is null ? [] : [redis.Id],
        };
        await load.Input.WriteAsync(JsonSerializer.Serialize(plan));
        load.Input.Close();
        var results = new List<PhaseResult>();
        while (await load.Output.ReadLineAsync(cancellationToken) is { } line)
        {
            results.Add(JsonSerializer.Deserialize<PhaseResult>(line)!);
        }

        return results.Count == (steps.Count > 0 ? steps.Count : phases.Count(phase => phase.Mode != PhaseMode.WarmUp))
            ? results
            : throw new InvalidOperationException($"The load on {target.Name} failed.");
    }

    /// <summary>Starts a target as a process of its own.</summary>
    public static ChildProcess Start(TargetSpec target, int chats, int redisPort, string? store, int? durableWindow)
    {
        List<string> options = ["--chats", Number(chats), "--redis", Number(redisPort)];
        if (store is not null)
        {
            options.AddRange(["--store", store]);
        }

        if (durableWindow is { } window)
        {
            options.AddRange(["--durable-window", Number(window)]);
        }

        return target.Script is { } script
            ? ChildProcess.Start("node", [Path.Combine("bench", "peers", script), .. options])
            : ChildProcess.StartSelf(
                ["serve", target.Name, .. options],
                target.Name.StartsWith("ours-", StringComparison.Ordinal) ? _asServed : null);
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
