using System.Text.Json;

namespace DurableChat.Lab.Chaos;

/// <summary>
/// Brings a chat to rest after the faults are over, and proves that it still answers: it waits for running turns, hands
/// in what tools are asked for, takes the chat out of the archive, sends a message and waits for its answer.
/// </summary>
internal sealed class ChatSettler(ChaosContext context, ActionSender sender, TimeSpan patience)
{
    private const int MaxProbes = 6;
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _readPatience = TimeSpan.FromSeconds(2);

    /// <summary>Settles a chat; gives null, or why it is stuck.</summary>
    public async Task<string?> SettleAsync(string chat, int replica, CancellationToken cancellationToken)
    {
        if (await RestAsync(chat, replica, 0, cancellationToken) is { } stuck)
        {
            return $"After the faults it did not come to rest: {stuck}";
        }

        var last = "";
        for (var probe = 1; probe <= MaxProbes; probe++)
        {
            await GiveAsync(new ChaosAction(ActionKind.Archive, chat), replica, cancellationToken);
            var content = $"{context.Options.Seed}.probe.{probe}.{chat}";
            var sent = await GiveAsync(
                new ChaosAction(ActionKind.Send, chat) { Content = content }, replica + probe, cancellationToken);
            if (!sent.IsAcknowledged)
            {
                last = $"a new message was not taken: {sent}";
                continue;
            }

            // The replica that is asked may not have heard of the message yet.
            if (await RestAsync(chat, replica, sent.Reply!.Version, cancellationToken) is { } still)
            {
                return $"It did not come to rest after a new message: {still}";
            }

            var history = await RetryAsync(
                () => context.World.ReadHistoryAsync(Replica(replica), chat, cancellationToken), cancellationToken);
            if (history is [.., { IsFinal: true, FinishReason: not "failed" }])
            {
                return null;
            }

            var state = await ReadAsync(chat, replica, cancellationToken);
            last = $"a new message was not answered: {state}";
            if (state is not { Status: "error", Error: not null } && !MayStillBeStopped(chat))
            {
                break;
            }
        }

        return last;
    }

    /// <summary>True if a command to stop, which nobody knows the outcome of, may have met the new turn.</summary>
    private bool MayStillBeStopped(string chat) => context.Actions.Any(
        action => action.Outcome == ActionOutcome.Unsure && action.Action.CanStopTurn && action.Action.Chat == chat);

    /// <summary>Waits until nothing goes on and nothing waits; gives null, or what still does.</summary>
    private async Task<string?> RestAsync(string chat, int replica, long version, CancellationToken cancellationToken)
    {
        var began = context.World.Time.GetTimestamp();
        ChatView? state = null;
        while (context.World.Time.GetElapsedTime(began) < patience)
        {
            state = await ReadAsync(chat, replica, cancellationToken) ?? state;
            switch (state)
            {
                case { Version: var known } when known < version:
                    break;
                case { Status: "waiting", Queue.Count: 0 }:

                // After an error the queue rests until somebody sends; the probe does.
                case { Status: "error" }:
                    return null;
                case { Status: "waiting", IsArchived: true }:

                // Its queue rests until it is brought back.
                case { Status: "requires_action", IsArchived: true }:
                    await GiveAsync(new ChaosAction(ActionKind.Archive, chat), replica, cancellationToken);
                    break;
                case { Status: "requires_action" }:
                    await GiveAsync(
                        new ChaosAction(ActionKind.SubmitResults, chat) { Calls = state.PendingCalls },
                        replica,
                        cancellationToken);
                    break;
            }

            await Task.Delay(_pause, context.World.Time, cancellationToken);
        }

        return state?.ToString() ?? "no replica tells its state";
    }

    private Task<ActionRecord> GiveAsync(ChaosAction action, int replica, CancellationToken cancellationToken) =>
        sender.SendAsync("settler", action, new PlannedStep(
            action.Kind,
            0,
            0,
            Replica(replica),
            action.Flag,
            HasKey: true,
            IsImpatient: false,
            IsRepeated: false,
            0), cancellationToken);

    private int Replica(int replica) => replica % context.Options.Replicas;

    private async Task<ChatView?> ReadAsync(string chat, int replica, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_readPatience, context.World.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await context.World.ReadAsync(Replica(replica), chat, both.Token);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    private async Task<T?> RetryAsync<T>(Func<Task<T>> read, CancellationToken cancellationToken)
        where T : class
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await read();
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException && attempt < MaxProbes)
            {
                await Task.Delay(_pause * attempt, context.World.Time, cancellationToken);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                return null;
            }
        }
    }
}
