using System.Threading.Channels;

namespace DurableChat.Notifications;

/// <summary>
/// A channel between replicas of one process, for tests and as a minimal example of a channel. Thread-safe.
/// </summary>
public sealed class InProcessChannel : INotificationChannel
{
    private readonly Lock _lock = new();
    private readonly List<Channel<string>> _listeners = [];

    /// <inheritdoc/>
    public int MaxPayloadBytes { get; init; } = 8_000;

    /// <inheritdoc/>
    public Task PublishAsync(IReadOnlyList<string> payloads, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(payloads);
        lock (_lock)
        {
            foreach (var payload in payloads)
            {
                _listeners.ForEach(listener => listener.Writer.TryWrite(payload));
            }
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task ListenAsync(INotificationListener listener, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(listener);
        var line = Channel.CreateUnbounded<string>();
        lock (_lock)
        {
            _listeners.Add(line);
        }

        try
        {
            listener.OnConnected();
            await foreach (var payload in line.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                listener.OnReceived(payload);
            }

            throw new ChannelException("The channel was cut.");
        }
        finally
        {
            lock (_lock)
            {
                _listeners.Remove(line);
            }
        }
    }

    /// <summary>Breaks all connections. Listeners may connect again.</summary>
    public void Cut()
    {
        lock (_lock)
        {
            _listeners.ForEach(listener => listener.Writer.TryComplete());
        }
    }
}
