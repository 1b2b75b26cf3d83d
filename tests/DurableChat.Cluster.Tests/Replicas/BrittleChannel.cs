using System.Collections.Concurrent;
using DurableChat.Notifications;

namespace DurableChat.Cluster.Tests.Replicas;

/// <summary>A channel that loses what it is told to lose, fails as it is told to fail, and remembers what was sent.</summary>
internal sealed class BrittleChannel : INotificationChannel
{
    private readonly InProcessChannel _channel = new();

    public int MaxPayloadBytes => _channel.MaxPayloadBytes;

    /// <summary>True for what is to be lost.</summary>
    public Func<string, bool> Loses { get; set; } = _ => false;

    /// <summary>What sending and listening throw; null for nothing.</summary>
    public Exception? Failure { get; set; }

    public ConcurrentQueue<string> Sent { get; } = [];

    public Task PublishAsync(IReadOnlyList<string> payloads, CancellationToken cancellationToken)
    {
        if (Failure is not null)
        {
            throw Failure;
        }

        foreach (var payload in payloads)
        {
            Sent.Enqueue(payload);
        }

        return _channel.PublishAsync([.. payloads.Where(payload => !Loses(payload))], cancellationToken);
    }

    public Task ListenAsync(INotificationListener listener, CancellationToken cancellationToken) => Failure is null ? _channel.ListenAsync(listener, cancellationToken) : throw Failure;

    public void Cut() => _channel.Cut();
}
