using DurableChat.Bench.Targets;
using DurableChat.Bench.Wire;

namespace DurableChat.Bench.Load;

/// <summary>What the load generator is to do.</summary>
internal sealed record LoadPlan
{
    /// <summary>Where the server listens.</summary>
    public required int Port { get; init; }

    /// <summary>Where it is told to publish.</summary>
    public required int ControlPort { get; init; }

    /// <summary>How to connect.</summary>
    public required Transport Transport { get; init; }

    /// <summary>True to run a reconnect storm instead of phases.</summary>
    public bool IsStorm { get; init; }

    /// <summary>True if subscribers are to note the positions of events, to resume from them.</summary>
    public bool TracksPosition { get; init; }

    /// <summary>True if the server has metrics of DurableChat's.</summary>
    public bool HasMetrics { get; init; }

    /// <inheritdoc cref="TargetSpec.Path"/>
    public required string Path { get; init; }

    /// <inheritdoc cref="TargetSpec.Ready"/>
    public required string Ready { get; init; }

    /// <summary>How many subscribers connect: of one chat, or one of each.</summary>
    public required int Subscribers { get; init; }

    /// <summary>How many chats: 1, or as many as subscribers.</summary>
    public required int Chats { get; init; }

    /// <summary>
    /// How many events of one chat are under way when it is saturated: no subscriber falls further behind.
    /// </summary>
    public required int Window { get; init; }

    /// <summary>The processes whose CPU time counts as the server's.</summary>
    public required IReadOnlyList<int> Servers { get; init; }

    /// <summary>The processes beside it, such as Redis, whose CPU time counts apart.</summary>
    public required IReadOnlyList<int> Sides { get; init; }

    /// <summary>
    /// Numbers of subscribers that are to be connected in turn and left alone, instead of <see cref="Phases"/>.
    /// </summary>
    public IReadOnlyList<int> Steps { get; init; } = [];

    /// <summary>What to do, one after the other.</summary>
    public required IReadOnlyList<Phase> Phases { get; init; }
}

/// <summary>A time of load.</summary>
/// <param name="Kind">What is published.</param>
/// <param name="Mode">How fast.</param>
/// <param name="Rate">Events per second over all chats, for <see cref="PhaseMode.Paced"/>.</param>
/// <param name="Seconds">How long is measured, after a run-up.</param>
internal sealed record Phase(EventKind Kind, PhaseMode Mode, double Rate, double Seconds);

/// <summary>How fast is published.</summary>
internal enum PhaseMode
{
    /// <summary>Saturated, and not reported: code is compiled, buffers grow.</summary>
    WarmUp,

    /// <summary>
    /// The next as soon as there is room: of one chat <see cref="LoadPlan.Window"/> events are under way, of each of
    /// many chats one.
    /// </summary>
    Saturated,

    /// <summary>
    /// The next once all have the one before: nothing can be joined, every event costs a wake-up and a write for each
    /// subscriber.
    /// </summary>
    OneByOne,

    /// <summary>At half the rate that the last saturated phase has reached.</summary>
    Half,

    /// <summary>At a given rate.</summary>
    Paced,

    /// <summary>Nothing is published; memory is read.</summary>
    Idle,
}
