namespace DurableChat.Notifications;

/// <summary>
/// Carries small hints from each replica to all replicas, the sender among them.
/// <para><b>Loss.</b> A hint may be lost, also without an error, and all are lost while a replica is not connected. Nothing may depend on one arriving.</para>
/// <para><b>Order and repetition.</b> Hints may come in another order than they were sent, and more than once.</para>
/// <para><b>Atomicity.</b> Each hint arrives whole. A batch may arrive in part.</para>
/// <para>Thread-safe. Faults throw <see cref="ChannelException"/>.</para>
/// </summary>
public interface INotificationChannel
{
    /// <summary>How large one hint may be, in UTF-8 bytes.</summary>
    int MaxPayloadBytes { get; }

    /// <summary>What an operator should check if the channel can be connected to and delivers nothing, as one sentence. It is public: it must hold no address and no password.</summary>
    string DeafAdvice => "Check that all replicas use the same channel of the same server.";

    /// <summary>Sends hints, in as few round trips as the channel can.</summary>
    /// <exception cref="ChannelException">They could not be sent, or not all of them.</exception>
    Task PublishAsync(IReadOnlyList<string> payloads, CancellationToken cancellationToken);

    /// <summary>
    /// Connects, tells the listener so, and then tells it of every hint, until the connection is lost. Reconnecting is the caller's business. The listener is told of one
    /// hint at a time and must return quickly.
    /// </summary>
    /// <exception cref="ChannelException">The connection could not be made, or was lost.</exception>
    /// <exception cref="OperationCanceledException">The caller has ended it.</exception>
    Task ListenAsync(INotificationListener listener, CancellationToken cancellationToken);
}

/// <summary>Whoever listens to a channel.</summary>
public interface INotificationListener
{
    /// <summary>From now on hints arrive; what was sent before may have been missed.</summary>
    void OnConnected();

    /// <summary>A hint has arrived.</summary>
    void OnReceived(string payload);
}
