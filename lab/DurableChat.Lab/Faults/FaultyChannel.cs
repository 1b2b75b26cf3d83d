using DurableChat.Notifications;

namespace DurableChat.Lab.Faults;

/// <summary>
/// A channel that loses, repeats and reorders a share of what it delivers. Publishing has no faults. Thread-safe, for
/// one listener at a time.
/// </summary>
internal sealed class FaultyChannel(INotificationChannel channel, double rate) : INotificationChannel
{
    private readonly NotificationFaults _faults = new(rate);

    public int MaxPayloadBytes => channel.MaxPayloadBytes;

    public string DeafAdvice => channel.DeafAdvice;

    public Task PublishAsync(IReadOnlyList<string> payloads, CancellationToken cancellationToken) =>
        channel.PublishAsync(payloads, cancellationToken);

    public Task ListenAsync(INotificationListener listener, CancellationToken cancellationToken) =>
        channel.ListenAsync(new FaultyListener(listener, _faults), cancellationToken);

    private sealed class FaultyListener(
        INotificationListener listener,
        NotificationFaults faults) : INotificationListener
    {
        public void OnConnected() => listener.OnConnected();

        public void OnReceived(string payload)
        {
            // Without probes the replica would take the channel for deaf and stop listening.
            if (NotificationSeal.IsProbe(payload))
            {
                listener.OnReceived(payload);
                return;
            }

            foreach (var passed in faults.Pass(payload))
            {
                listener.OnReceived(passed);
            }
        }
    }
}
