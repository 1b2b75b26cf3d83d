using System.Diagnostics;
using DurableChat.Bench.Load;
using DurableChat.Bench.Running;
using DurableChat.Bench.Targets;
using DurableChat.Bench.Wire;

namespace DurableChat.Bench.Fanout;

/// <summary>
/// Measures all targets in turn, round by round, so that what else the machine does meanwhile meets all of them alike.
/// </summary>
internal sealed class FanoutRun(FanoutOptions options)
{
    /// <summary>The pace at which the CPU time of a message is compared with a saturated server's.</summary>
    public const double Pace = 2000;

    /// <summary>Runs; gives the cells in the order of shapes and targets.</summary>
    public async Task<IReadOnlyList<FanoutCell>> RunAsync(CancellationToken cancellationToken)
    {
        var found = new Dictionary<(string Shape, string Target, EventKind, PhaseMode), List<PhaseResult>>();
        foreach (var shape in Shapes())
        {
            for (var round = 1; round <= options.Rounds; round++)
            {
                foreach (var target in TargetSpec.Select(options.Only)
                    .Where(target => options.Only.Count > 0 || shape.Includes(target.Name)))
                {
                    var began = Stopwatch.GetTimestamp();
                    foreach (var result in await TargetRun.RunAsync(
                        target, shape.Subscribers, shape.Chats, options.Window, Phases(shape), [], cancellationToken))
                    {
                        var key = (shape.Name, target.Name, result.Kind, result.Mode);
                        (found.TryGetValue(key, out var list) ? list : found[key] = []).Add(result);
                    }

                    Console.Error.WriteLine(
                        $"{shape.Name}, round {round} of {options.Rounds}, {target.Name}: "
                            + $"{Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s");
                }
            }
        }

        return [.. found.Select(entry => new FanoutCell(entry.Key.Target, entry.Key.Shape, entry.Value))];
    }

    private IEnumerable<Shape> Shapes() => options switch
    {
        { Shapes.Count: > 0 } => Shape.All.Where(shape => options.Shapes.Contains(shape.Name)),
        { IsQuick: true } => Shape.All.Where(shape => shape.Name == "1x1000"),
        _ => Shape.All,
    };

    private List<Phase> Phases(Shape shape)
    {
        var phases = new List<Phase>();
        var warmUp = shape.Chats > 1 ? FanoutOptions.ManyChatsWarmUpSeconds : FanoutOptions.WarmUpSeconds;
        foreach (var kind in shape.IsMain ? new[] { EventKind.Message, EventKind.Part } : [EventKind.Message])
        {
            phases.Add(
                new Phase(kind, PhaseMode.WarmUp, 0, kind == EventKind.Message ? warmUp : FanoutOptions.Seconds));
            phases.Add(new Phase(kind, PhaseMode.Saturated, 0, FanoutOptions.Seconds));
            if (kind == EventKind.Message)
            {
                phases.Add(new Phase(kind, PhaseMode.Half, 0, FanoutOptions.Seconds));
            }

            if (shape.IsMain)
            {
                phases.Add(new Phase(kind, PhaseMode.OneByOne, 0, FanoutOptions.Seconds));
            }
        }

        if (shape.Subscribers == 1)
        {
            phases.Add(new Phase(EventKind.Message, PhaseMode.Paced, Pace, 2 * FanoutOptions.Seconds));
        }

        return phases;
    }
}
