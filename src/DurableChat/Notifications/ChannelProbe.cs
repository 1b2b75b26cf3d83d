using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace DurableChat.Notifications;

/// <summary>
/// Checks whether a connected channel also delivers: a replica sends itself a random id and waits for it. A connection
/// through a pooler, for example, accepts a subscription but receives nothing. Thread-safe.
/// </summary>
internal sealed class ChannelProbe(INotificationChannel channel, NotificationSeal seal, NotificationOptions options,
    TimeProvider time)
{
    /// <summary>Hints may occasionally be lost, so one missing probe proves nothing.</summary>
    public const int Tries = 2;

    private readonly string _id = Guid.NewGuid().ToString("N");
    private TaskCompletionSource _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Takes the content of a probe, from any replica.</summary>
    public void Take(ReadOnlySpan<byte> content)
    {
        if (Encoding.UTF8.GetString(content) == _id)
        {
            Volatile.Read(ref _heard).TrySetResult();
        }
    }

    /// <summary>Sends probes until one arrives, or until too many are missing.</summary>
    /// <exception cref="OperationCanceledException">The connection has ended.</exception>
    public async Task<bool> HearAsync(CancellationToken cancellationToken)
    {
        Volatile.Write(ref _heard, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        for (var tries = 0; tries < Tries; tries++)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var timer = Task.Delay(options.ProbePatience, time, patience.Token);

            // Sending may hang as well as listening.
            var sending = SendAsync(patience.Token);
            await Task.WhenAny(_heard.Task, timer).ConfigureAwait(false);
            await patience.CancelAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            await Task.WhenAll(sending, timer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_heard.Task.IsCompleted)
            {
                return true;
            }
        }

        return false;
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever the channel throws, the probe is not heard.")]
    private async Task SendAsync(CancellationToken cancellationToken)
    {
        try
        {
            await seal.ReadyAsync(cancellationToken).ConfigureAwait(false);
            await channel.PublishAsync([seal.Seal(_id, SealedKind.Probe)], cancellationToken).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The probe did not arrive in time.
        }
    }
}
