using System.Collections.Concurrent;
using DurableChat.Notifications;
using DurableChat.Tests.Support;

namespace DurableChat.Cluster.Tests.Replicas;

/// <summary>A channel that loses what it is told to lose, fails as it is told to fail, and remembers what was sent.
/// It knows the cluster's secret, and so what is in the frames.</summary>
internal sealed class BrittleChannel : INotificationChannel
{
    private readonly InProcessChannel _channel = new();

    public int MaxPayloadBytes => _channel.MaxPayloadBytes;

    /// <summary>True for what is to be lost.</summary>
    public Func<string, bool> Loses { get; set; } = _ => false;

    /// <summary>True if it delivers nothing at all, not even what a replica sends to itself.</summary>
    public bool IsDeaf { get; set; }

    /// <summary>What sending and listening throw; null for nothing.</summary>
    public Exception? Failure { get; set; }

    /// <summary>The contents of what was sent.</summary>
    public ConcurrentQueue<string> Sent { get; } = [];

    /// <summary>What was sent as it was sent.</summary>
    public ConcurrentQueue<string> Frames { get; } = [];

    public Task PublishAsync(IReadOnlyList<string> payloads, CancellationToken cancellationToken)
    {
        if (Failure is not null)
        {
            throw Failure;
        }

        if (IsDeaf)
        {
            return Task.CompletedTask;
        }

        foreach (var payload in payloads.Where(payload => !NotificationSeal.IsProbe(payload)))
        {
            Sent.Enqueue(Seals.Open(payload) ?? throw new InvalidOperationException("Something was sent that is not sealed."));
            Frames.Enqueue(payload);
        }

        return _channel.PublishAsync([.. payloads.Where(payload =>
            NotificationSeal.IsProbe(payload) || !Loses(Seals.Open(payload)!))], cancellationToken);
    }

    public Task ListenAsync(INotificationListener listener, CancellationToken cancellationToken) => Failure is null ? _channel.ListenAsync(listener, cancellationToken) : throw Failure;

    public void Cut() => _channel.Cut();
}
