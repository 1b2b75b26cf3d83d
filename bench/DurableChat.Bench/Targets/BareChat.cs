namespace DurableChat.Bench.Targets;

/// <summary>The subscribers of a chat of the bare server. Thread-safe.</summary>
internal sealed class BareChat
{
    private readonly object _gate = new();
    private BareSubscriber[] _subscribers = [];

    public void Add(BareSubscriber subscriber)
    {
        lock (_gate)
        {
            _subscribers = [.. _subscribers, subscriber];
        }
    }

    public void Publish(byte[] bytes)
    {
        foreach (var subscriber in Volatile.Read(ref _subscribers))
        {
            subscriber.Send(bytes);
        }
    }
}
