using DurableChat.Chats;

namespace DurableChat.Workers;

/// <summary>What a replica has to do so that what it drives fits a chat's state. Pure.</summary>
/// <param name="Stops">The run drives what this replica may not drive any more.</param>
/// <param name="Interrupts">The run is the right one, and its turn is to stop.</param>
/// <param name="Starts">This replica holds the lease, and no run drives it.</param>
/// <param name="Waits">The chat needs a worker and nobody holds its lease.</param>
internal readonly record struct RunFit(bool Stops, bool Interrupts, bool Starts, bool Waits)
{
    /// <summary>Compares a chat with the run of it, if there is one.</summary>
    /// <param name="chat">A state of the chat.</param>
    /// <param name="replica">This replica.</param>
    /// <param name="runToken">The fencing token of the run; null if there is none.</param>
    /// <param name="isPresent">
    /// True if the state is the chat's present one. A state that may be older and whose newest token is below the run's was committed before the run's lease, and says nothing about it.
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
            Waits: chat is { NeedsWorker: true, Lease: null });
    }
}
