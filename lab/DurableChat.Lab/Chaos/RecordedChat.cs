using DurableChat.ScaleTest.Mock;
using DurableChat.ScaleTest.Wire;

namespace DurableChat.Lab.Chaos;

/// <summary>
/// All that is known of one chat after a run: what clients asked for and were told, what followers were given, and what
/// is stored.
/// </summary>
/// <param name="Id">The chat.</param>
/// <param name="Actions">The commands to it.</param>
/// <param name="Streams">What followers were given.</param>
/// <param name="Stored">Its history, as it was read at the end.</param>
/// <param name="Final">Its state, as it was read at the end.</param>
/// <param name="Stuck">Why it did not come to rest, or did not answer a new message; null if it did.</param>
/// <param name="TurnsMayFail">
/// True if model calls failed on purpose, or replicas, which can end a turn without an answer.
/// </param>
internal sealed record RecordedChat(
    string Id,
    IReadOnlyList<ActionRecord> Actions,
    IReadOnlyList<RecordedStream> Streams,
    IReadOnlyList<WireMessage> Stored,
    ChatView Final,
    string? Stuck,
    bool TurnsMayFail)
{
    /// <summary>The answers that the model gave for it and the runs of its tools.</summary>
    public IReadOnlyList<WorkRecord> Work { get; init; } = [];

    /// <summary>What was done to the servers meanwhile, and how long things may take.</summary>
    public Circumstances Circumstances { get; init; } = new();
}
