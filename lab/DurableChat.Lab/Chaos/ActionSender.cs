using System.Text.Json;

namespace DurableChat.Lab.Chaos;

/// <summary>
/// Gives commands as a good client does: with a key again and again, at one replica after the other, until an answer
/// comes; without a key once. Keeps a record of each. Thread-safe.
/// </summary>
internal sealed class ActionSender(ChaosContext context)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan _attemptPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _impatience = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(150);

    /// <summary>Gives a command.</summary>
    /// <param name="client">Who gives it.</param>
    /// <param name="action">What is asked for.</param>
    /// <param name="step">How.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public async Task<ActionRecord> SendAsync(
        string client,
        ChaosAction action,
        PlannedStep step,
        CancellationToken cancellationToken)
    {
        var key = step.HasKey ? $"{context.Options.Seed}-{Guid.NewGuid():N}" : null;
        var (time, began, at) = (context.World.Time, context.World.Time.GetTimestamp(), context.Seconds);
        var started = context.Tick();
        ActionReply? reply = null;
        var attempts = 0;
        do
        {
            var patience = step.IsImpatient ? _impatience : _attemptPatience;
            reply = await TryAsync(
                (step.Replica + attempts) % context.Options.Replicas, action, key, patience, cancellationToken);
            attempts++;
            if (reply is { IsSuccess: true } or { IsRefusal: true } || step.IsImpatient || key is null)
            {
                break;
            }

            await Task.Delay(_pause, time, cancellationToken);
        }
        while (time.GetElapsedTime(began) < _patience);

        var ended = context.Tick();
        var seconds = time.GetElapsedTime(began).TotalSeconds;
        var isAcknowledged = reply is { IsSuccess: true };

        // An earlier attempt may still be on its way through a replica that sleeps, so a refusal of a later one settles
        // nothing.
        var outcome = isAcknowledged ? ActionOutcome.Acknowledged
            : reply is { IsRefusal: true } && attempts == 1 ? ActionOutcome.Refused
            : ActionOutcome.Unsure;
        var record = new ActionRecord(
            client, action, started, outcome == ActionOutcome.Unsure ? long.MaxValue : ended, outcome)
        {
            Reply = reply,
            Attempts = attempts,
            At = at,
            Seconds = seconds,
        };
        // Changes of the chat itself take no key, so to send one again is to ask for it again.
        if (isAcknowledged && step.IsRepeated && key is not null && action.Kind != ActionKind.Archive)
        {
            var again = await TryAsync(
                (step.Replica + attempts) % context.Options.Replicas, action, key, _attemptPatience, cancellationToken);
            record = record with { Repetition = again is { IsSuccess: true } or { IsRefusal: true } ? again : null };
        }

        context.Add(record);
        return record;
    }

    private async Task<ActionReply?> TryAsync(
        int replica,
        ChaosAction action,
        string? key,
        TimeSpan patience,
        CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(patience, context.World.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var reply = await context.World.ActAsync(replica, action, key, both.Token);
            context.Answered(reply.Status, replica, action.ToString());
            return reply;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
