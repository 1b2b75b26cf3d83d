namespace DurableChat.Notifications;

/// <summary>
/// Carries small hints from each replica to all replicas, including the sender.
/// <para><b>Loss.</b> A hint may be lost, even without an error. While a replica is not connected, it loses all hints.
/// Nothing may depend on the arrival of a hint.</para>
/// <para><b>Order and repetition.</b> Hints may arrive in another order than they were sent, and more than once.</para>
/// <para><b>Atomicity.</b> Each hint arrives whole. A batch may arrive in part.</para>
/// <para>Thread-safe. Faults throw <see cref="ChannelException"/>.</para>
/// </summary>
public interface INotificationChannel
{
    /// <summary>The maximum size of one hint, in UTF-8 bytes.</summary>
    int MaxPayloadBytes { get; }

    /// <summary>
    /// What an operator should check if the channel connects but delivers nothing, as one sentence. It is public, so it
    /// must contain no address or password.
    /// </summary>
    string DeafAdvice => "Check that all replicas use the same channel of the same server.";

    /// <summary>Sends hints, in as few round trips as the channel allows.</summary>
    /// <exception cref="ChannelException">Some or all hints could not be sent.</exception>
    Task PublishAsync(IReadOnlyList<string> payloads, CancellationToken cancellationToken);

    /// <summary>
    /// Connects, notifies the listener, and then passes it every hint until the connection is lost. The caller handles
    /// reconnection. The listener gets one hint at a time and must return quickly.
    /// </summary>
    /// <exception cref="ChannelException">The connection could not be made, or was lost.</exception>
    /// <exception cref="OperationCanceledException">The caller has cancelled it.</exception>
    Task ListenAsync(INotificationListener listener, CancellationToken cancellationToken);
}

/// <summary>A listener of a channel.</summary>
public interface INotificationListener
{
    /// <summary>The channel is connected, and hints arrive from now on. Earlier hints may have been missed.</summary>
    void OnConnected();

    /// <summary>A hint has arrived.</summary>
    void OnReceived(string payload);
}
