using System.Text.Json;

namespace DurableChat.Lab.Chaos;

/// <summary>A client that takes its steps one after the other, at chats that all clients share.</summary>
internal sealed class ChaosClient(
    int number,
    ChaosContext context,
    ChaosProgress progress,
    ActionSender sender,
    IReadOnlyList<PlannedStep> steps)
{
    private static readonly TimeSpan _readPatience = TimeSpan.FromSeconds(2);
    private readonly string _name = $"client {number}";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < steps.Count; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(steps[i].PauseMs), context.World.Time, cancellationToken);
            await progress.BeginStepAsync(cancellationToken);
            if (await ChooseAsync(steps[i], i, cancellationToken) is not { } action)
            {
                continue;
            }

            var record = await sender.SendAsync(_name, action, steps[i], cancellationToken);
            if (action.Kind == ActionKind.Create)
            {
                context.Created(steps[i].Chat, record.IsAcknowledged ? record.Reply!.Chat : null);
            }
        }
    }

    /// <summary>
    /// Makes the step a command for what there is; null if there is nothing that it could be done to.
    /// </summary>
    private async Task<ChaosAction?> ChooseAsync(PlannedStep step, int index, CancellationToken cancellationToken)
    {
        var content = $"{context.Options.Seed}.{number}.{index} {new string('x', step.Target % 200)}";
        if (step.Kind == ActionKind.Create)
        {
            return new ChaosAction(ActionKind.Create, "") { Content = content, HasTools = step.Chat % 3 == 0 };
        }

        if (context.FindChat(step.Chat) is not { } chat)
        {
            return null;
        }

        switch (step.Kind)
        {
            case ActionKind.Send:
                return new ChaosAction(ActionKind.Send, chat) { Content = content, Flag = step.Flag };
            case ActionKind.Edit:
                var messages = Known(chat, reply => reply.MessageId);
                return messages.Count == 0 ? null : new ChaosAction(ActionKind.Edit, chat)
                {
                    Content = content,
                    Target = messages[step.Target % messages.Count],
                };
            case ActionKind.DeleteQueued or ActionKind.Promote:
                // The newest most likely still wait.
                var queued = Known(chat, reply => reply.QueuedId);
                return queued.Count == 0 ? null : new ChaosAction(step.Kind, chat)
                {
                    Target = queued[^(1 + (step.Target % Math.Min(3, queued.Count)))],
                };
            case ActionKind.Archive:
                return new ChaosAction(ActionKind.Archive, chat) { Flag = step.Flag };
            case ActionKind.SubmitResults:
                var pending = await ReadPendingAsync(step.Replica, chat, cancellationToken);
                return pending.Count == 0
                    ? null
                    : new ChaosAction(ActionKind.SubmitResults, chat) { Calls = step.Flag ? [pending[0]] : pending };
            default:
                return new ChaosAction(ActionKind.Interrupt, chat);
        }
    }

    private List<long> Known(string chat, Func<ActionReply, long> id) =>
        [.. context.Actions.Where(record => record.IsAcknowledged && record.Reply!.Chat == chat && id(record.Reply) > 0)
            .Select(record => id(record.Reply!))
            .Order()];

    private async Task<IReadOnlyList<string>> ReadPendingAsync(
        int replica,
        string chat,
        CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_readPatience, context.World.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return (await context.World.ReadAsync(replica, chat, both.Token)).PendingCalls;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return [];
        }
    }
}
