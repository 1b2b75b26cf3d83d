using DurableChat.Bench.Wire;

namespace DurableChat.Bench.Targets;

/// <summary>A server under test: subscribers connect to it, and it sends to them what it is told to publish.</summary>
internal interface ITarget : IAsyncDisposable
{
    /// <summary>Starts to listen on 127.0.0.1; gives the port. Chats are numbered from 0.</summary>
    Task<int> StartAsync(int chats);

    /// <summary>
    /// Publishes one event to a chat. Called by one thread; what it begins may end later, in the order of the calls.
    /// </summary>
    void Publish(EventKind kind, int chat);

    /// <summary>Says that for the moment nothing more is to be published.</summary>
    void Pause()
    {
    }
}
