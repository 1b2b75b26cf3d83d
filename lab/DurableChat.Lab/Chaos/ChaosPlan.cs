using DurableChat.ScaleTest.Mock;

namespace DurableChat.Lab.Chaos;

/// <summary>
/// All choices of a run, drawn from the seed alone before it begins, so that a run with the same options has the same.
/// Immutable.
/// </summary>
internal sealed class ChaosPlan
{
    private const ulong FaultStream = 0xFA;
    private const ulong ConnectionStream = 0xC0;
    private const ulong StallStream = 0x57;
    private const int ShortestStall = 5;
    private readonly ulong _seed;
    private readonly int _replicas;

    public ChaosPlan(ChaosOptions options)
    {
        _seed = (ulong)options.Seed;
        _replicas = options.Replicas;
        Clients = [.. Enumerable.Range(0, options.Clients).Select(client => DrawSteps(options, client))];
        Faults = DrawFaults(options);
    }

    /// <summary>The steps of each client.</summary>
    public IReadOnlyList<IReadOnlyList<PlannedStep>> Clients { get; }

    /// <summary>The faults, in their order.</summary>
    public IReadOnlyList<PlannedFault> Faults { get; }

    /// <summary>The connections of a restless follower, without end.</summary>
    public IEnumerable<PlannedConnection> Connections(int follower)
    {
        var random = Stream(ConnectionStream, follower);
        while (true)
        {
            var replica = random.Next(_replicas);
            var events = 1 + random.Next(random.Next(4) == 0 ? 3 : 40);
            var pause = random.Next(8) == 0 ? random.Next(60) : 0;
            yield return new PlannedConnection(replica, events, pause);
        }
    }

    private List<PlannedStep> DrawSteps(ChaosOptions options, int client)
    {
        var random = Stream((ulong)client + 1, 0);
        var steps = new List<PlannedStep>();
        var own = (options.Steps / options.Clients) + (client < options.Steps % options.Clients ? 1 : 0);
        for (var i = 0; i < own; i++)
        {
            // Each step takes as many numbers whatever it becomes, so that a change of one does not move all others.
            var kind = KindOf(random.NextDouble());
            var (chat, target, replica) = (
                random.Next(int.MaxValue), random.Next(int.MaxValue), random.Next(options.Replicas));
            var (flag, hasKey, isImpatient, isRepeated) = (
                random.NextDouble() < 0.35,
                random.NextDouble() < 0.85,
                random.NextDouble() < 0.08,
                random.NextDouble() < 0.1);
            var pause = random.Next(options.PaceMs + 1);
            var slot = client + (i * options.Clients);
            steps.Add(slot < options.Chats
                ? new PlannedStep(
                    ActionKind.Create, slot, target, replica, flag, HasKey: true, IsImpatient: false, isRepeated, 0)
                : new PlannedStep(kind, chat, target, replica, flag, hasKey, isImpatient, isRepeated && hasKey, pause));
        }

        return steps;
    }

    private static ActionKind KindOf(double number) => number switch
    {
        < 0.50 => ActionKind.Send,
        < 0.62 => ActionKind.Edit,
        < 0.70 => ActionKind.Interrupt,
        < 0.77 => ActionKind.DeleteQueued,
        < 0.84 => ActionKind.Promote,
        < 0.92 => ActionKind.Archive,
        _ => ActionKind.SubmitResults,
    };

    private List<PlannedFault> DrawFaults(ChaosOptions options)
    {
        var faults = new List<PlannedFault>();
        if (options.Faults.Count == 0)
        {
            return faults;
        }

        var random = Stream(FaultStream, 0);
        var kinds = new List<ChaosFault>();
        for (var i = 0; i < options.FaultCount; i++)
        {
            if (kinds.Count == 0)
            {
                // Every kind comes once before any comes again.
                kinds.AddRange(options.Faults);
            }

            var at = random.Next(kinds.Count);
            var gap = options.Steps / (options.FaultCount + 1);
            var (step, drawn) = (((i + 1) * gap) - random.Next(Math.Max(1, gap / 2)), random.Next(options.Replicas));

            // Each replica is upgraded before any would be a second time.
            var victim = kinds[at] == ChaosFault.Upgrade
                ? faults.Count(fault => fault.Kind == ChaosFault.Upgrade) % options.Replicas
                : drawn;
            faults.Add(new PlannedFault(step, kinds[at], victim, DrawStall(options, i)));
            kinds.RemoveAt(at);
        }

        return faults;
    }

    /// <summary>Short stalls come more often than long ones: most limits lie there.</summary>
    private TimeSpan DrawStall(ChaosOptions options, int fault)
    {
        var number = Stream(StallStream, fault).NextDouble();
        return TimeSpan.FromSeconds(
            ShortestStall + (number * number * Math.Max(0, options.MaxStallSeconds - ShortestStall)));
    }

    private SplitMix Stream(ulong kind, int number) => new((_seed << 24) ^ (kind << 12) ^ (ulong)number);
}
