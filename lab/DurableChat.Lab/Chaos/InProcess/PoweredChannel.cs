using DurableChat.Notifications;

namespace DurableChat.Lab.Chaos.InProcess;

/// <summary>One replica's end of the channel that all share. Thread-safe.</summary>
internal sealed class PoweredChannel(InProcessChannel channel, ReplicaPower power) : INotificationChannel
{
    public int MaxPayloadBytes => channel.MaxPayloadBytes;

    public async Task PublishAsync(IReadOnlyList<string> payloads, CancellationToken cancellationToken)
    {
        await power.WaitAsync();
        await channel.PublishAsync(payloads, cancellationToken);
    }

    public async Task ListenAsync(INotificationListener listener, CancellationToken cancellationToken)
    {
        await power.WaitAsync();
        using var both = CancellationTokenSource.CreateLinkedTokenSource(power.Killed, cancellationToken);
        try
        {
            await channel.ListenAsync(new PoweredListener(listener, power), both.Token);
        }
        finally
        {
            await power.WaitAsync();
        }
    }

    private sealed class PoweredListener(INotificationListener listener, ReplicaPower power) : INotificationListener
    {
        public void OnConnected() => power.Run(listener.OnConnected);

        public void OnReceived(string payload) => power.Run(() => listener.OnReceived(payload));
    }
}
