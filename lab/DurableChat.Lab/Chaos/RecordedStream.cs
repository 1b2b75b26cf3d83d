using System.Globalization;
using DurableChat.ScaleTest.Wire;

namespace DurableChat.Lab.Chaos;

/// <summary>What one follower was given, over all of its connections.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsWhole">True if it stayed until all was quiet, so that it must have got everything.</param>
/// <param name="Entries">Connections and events, in their order.</param>
internal sealed record RecordedStream(string Name, bool IsWhole, IReadOnlyList<StreamEntry> Entries);

/// <summary>A connection that began, or an event that came.</summary>
/// <param name="At">When, in seconds since the run began.</param>
/// <param name="Event">The event; null for a connection.</param>
/// <param name="Replica">Of a connection: where.</param>
/// <param name="Position">Of a connection: from which position; null for the beginning.</param>
internal sealed record StreamEntry(double At, WireEvent? Event, int Replica = 0, string? Position = null)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{At:0.000} s: {(Event is null ? $"connected to replica {Replica + 1} at {Position ?? "the beginning"}" : Event.ToString())}");
}
