using DurableChat.Chats;

namespace DurableChat.Workers;

/// <summary>What a replica must do so that its runs match a chat's state. Pure.</summary>
/// <param name="Stops">The run drives a chat that this replica may no longer drive.</param>
/// <param name="Interrupts">The run is the right one, and its turn must stop.</param>
/// <param name="Starts">This replica holds the lease, but has no run for it.</param>
/// <param name="Waits">The chat needs a worker and no replica holds its lease.</param>
internal readonly record struct RunFit(bool Stops, bool Interrupts, bool Starts, bool Waits)
{
    /// <summary>Compares a chat with its run, if there is one.</summary>
    /// <param name="chat">A state of the chat.</param>
    /// <param name="replica">This replica.</param>
    /// <param name="runToken">The fencing token of the run. Null if there is none.</param>
    /// <param name="isPresent">
    /// True if the state is the chat's current one. A state that may be older, and whose newest token is below the
    /// run's, was committed before the run's lease and says nothing about the run.
    /// </param>
    public static RunFit Of(Chat chat, string replica, long? runToken, bool isPresent)
    {
        if (!isPresent && runToken > chat.LeaseToken)
        {
            return default;
        }

        var isOurs = chat.NeedsWorker && chat.Lease?.Replica == replica;
        var isDriven = isOurs && runToken == chat.Lease!.Token;
        return new RunFit(
            Stops: runToken is not null && !isDriven,
            Interrupts: isDriven && chat.Status == ChatStatus.Interrupting,
            Starts: isOurs && !isDriven,
            Waits: chat is { NeedsWorker: true, Lease: null or { IsHandedOver: true } });
    }
}
