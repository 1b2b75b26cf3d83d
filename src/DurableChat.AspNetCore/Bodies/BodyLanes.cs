namespace DurableChat.AspNetCore.Bodies;

/// <summary>The lanes of large bodies. Thread-safe.</summary>
/// <param name="parsers">What gives each body that is parsed a thread.</param>
internal sealed class BodyLanes(TaskScheduler parsers)
{
    /// <summary>Where bodies that are still arriving wait until their next bytes are copied or dropped.</summary>
    public BodyLane Arriving { get; init; } = new();

    /// <summary>Where bodies that have arrived wait to be parsed.</summary>
    public BodyLane Parsing { get; init; } = new();

    /// <summary>What gives each body that is parsed a thread.</summary>
    public TaskScheduler Parsers => parsers;
}
