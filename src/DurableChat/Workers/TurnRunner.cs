using DurableChat.Chats;
using DurableChat.Commits;
using DurableChat.Diagnostics;
using DurableChat.Feeds;
using DurableChat.Models;
using DurableChat.Storage;
using Microsoft.Extensions.Logging;

namespace DurableChat.Workers;

/// <summary>
/// Drives one chat under one lease until the chat needs nobody or the lease is lost. It holds no state of its own: each round looks at the chat and does
/// what the chat needs next, so that it begins a turn, goes on after a crash, and takes over from another in one and the same way.
/// <code>
///   look at the chat ─▶ interrupting? ─▶ finish the interruption
///        ▲             draining? ──────▶ give the lease back
///        │             retry is due? ──▶ wait, record the attempt
///        │             calls pending? ─▶ run tools, commit their results (or wait for the client)
///        │             else ───────────▶ call the model, commit its answer
///        └──────────────────────────────────┘
/// </code>
/// It holds no database connection while the model answers.
/// </summary>
internal sealed partial class TurnRunner(
    ChatCommitter committer,
    CatchUpReader reader,
    Generator generator,
    ToolRegistry tools,
    WorkerOptions options,
    WorkerMetrics metrics,
    IServiceProvider services,
    TimeProvider time,
    ILogger<TurnRunner> logger)
{
    /// <summary>A refusal means that the chat has changed, which the next look shows. Several in a row mean that something is wrong with the program.</summary>
    private const int MaxRefusalsInARow = 10;

    private const int MaxCommitAttempts = 10;

    private static readonly TimeSpan _commitPause = TimeSpan.FromMilliseconds(500);

    /// <summary>Drives the chat.</summary>
    /// <param name="feed">The chat's feed.</param>
    /// <param name="run">The lease, and how to interrupt.</param>
    /// <param name="draining">True once the replica is shutting down and has no more patience.</param>
    public async Task RunAsync(Feed feed, Run run, Func<bool> draining)
    {
        using var activity = DurableChatActivitySource.StartRun(feed.Id.Value);
        var refusals = 0;
        while (!run.Stopped.IsCancellationRequested)
        {
            var phase = run.BeginPhase();
            var chat = feed.TryGetChat() ?? await reader.LoadPresentAsync(feed, run.Stopped).ConfigureAwait(false);
            if (chat is null || chat.Lease?.Token != run.Token || !chat.NeedsWorker)
            {
                return;
            }

            var command = await NextCommandAsync(feed, chat, run, draining, phase).ConfigureAwait(false);
            if (command is null)
            {
                continue;
            }

            var result = await CommitAsync(feed.Id, command, run).ConfigureAwait(false);
            if (result is CommandResult.Committed { Transition: var transition })
            {
                refusals = 0;
                Count(command, transition);
            }
            else if (++refusals >= MaxRefusalsInARow)
            {
                throw new InvalidOperationException($"The command {command.GetType().Name} was refused {refusals} times in a row: {result}.");
            }
        }
    }

    /// <summary>
    /// Brings a command to the chat, also if the database is away for a while: an answer is worth waiting with. A commit that was in doubt and did happen makes
    /// the repetition a refusal, since the command names its generation.
    /// </summary>
    private async Task<CommandResult> CommitAsync(ChatId id, ChatCommand command, Run run)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await committer.ExecuteAsync(id, null, (_, _) => new(command), null, run.Stopped).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is ChatStoreException or TimeoutException && attempt < MaxCommitAttempts)
            {
                LogCommitFailed(id, attempt, exception);
                await Task.Delay(_commitPause * attempt, time, run.Stopped).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Does what the chat needs and gives the command that records it; null if an interruption calls for another look.</summary>
    private async Task<ChatCommand?> NextCommandAsync(Feed feed, Chat chat, Run run, Func<bool> draining, CancellationToken phase)
    {
        if (chat.Status == ChatStatus.Interrupting)
        {
            return new FinishInterruption(run.Token, chat.Generation, Partial(feed, chat, FinishReason.Interrupted));
        }

        if (draining())
        {
            return new ReleaseLease(run.Token, chat.Generation, Partial(feed, chat, FinishReason.HandedOver));
        }

        try
        {
            if (chat.Retry is { } retry)
            {
                var wait = retry.RetryAt - time.GetUtcNow();
                if (wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait, time, phase).ConfigureAwait(false);
                }

                return new RecordAttempt(run.Token, chat.Generation);
            }

            if (chat.Attempt > options.MaxAttempts)
            {
                return new FailTurn(run.Token, chat.Generation, new ChatError("turn_abandoned", "The server failed several times while it worked on this turn.", Retryable: true));
            }

            return chat.PendingToolCalls.Count > 0
                ? await RunToolsAsync(chat, run, phase).ConfigureAwait(false)
                : await GenerateAsync(feed, chat, run, phase).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (phase.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<ChatCommand> RunToolsAsync(Chat chat, Run run, CancellationToken phase)
    {
        var results = new List<ToolResultPart>();
        foreach (var call in chat.PendingToolCalls.Where(call => !tools.IsClientTool(call.Name, chat)))
        {
            results.Add(await tools.InvokeAsync(call, services, phase).ConfigureAwait(false));
        }

        return results.Count < chat.PendingToolCalls.Count
            ? new EnterRequiresAction(run.Token, chat.Generation) { Results = results }
            : new CommitStep(run.Token, chat.Generation) { Results = results };
    }

    private async Task<ChatCommand?> GenerateAsync(Feed feed, Chat chat, Run run, CancellationToken phase)
    {
        if (feed.TryGetParts(chat.Generation) is not null)
        {
            // Parts of this generation have been seen, and its end was lost. What comes now is another generation, or a client would take it for the rest.
            return new RecordAttempt(run.Token, chat.Generation);
        }

        Answer? answer;
        try
        {
            answer = await generator.GenerateAsync(feed, chat, run, phase).ConfigureAwait(false);
        }
        catch (GenerationFailedException failed)
        {
            metrics.GenerationFailed(failed.Failure.Error.Code);
            LogGenerationFailed(chat.Id, chat.Generation, chat.Attempt, failed.Failure.Error.Code, failed.InnerException);
            return RetryPolicy.NextDelay(options.Retry, chat.Attempt, options.MaxAttempts, failed.Failure, Random.Shared.NextDouble()) is { } delay
                ? new RecordRetry(run.Token, chat.Generation, failed.Failure.Error, options.MaxAttempts, delay)
                : new FailTurn(run.Token, chat.Generation, failed.Failure.Error, Partial(feed, chat, FinishReason.Failed));
        }

        if (answer is null)
        {
            return null;
        }

        if (!answer.ToolCalls.Any())
        {
            return new FinishTurn(run.Token, chat.Generation, answer);
        }

        if (chat.Step + 1 >= options.MaxSteps)
        {
            return new FinishTurn(run.Token, chat.Generation, answer with { FinishReason = FinishReason.StepLimit });
        }

        return answer.ToolCalls.All(call => tools.IsClientTool(call.Name, chat))
            ? new EnterRequiresAction(run.Token, chat.Generation) { Answer = answer }
            : new CommitStep(run.Token, chat.Generation) { Answer = answer };
    }

    /// <summary>What the answer in flight has so far; null if it has nothing worth keeping.</summary>
    private static Answer? Partial(Feed feed, Chat chat, FinishReason reason) =>
        feed.TryGetParts(chat.Generation) is { } parts && parts.Any(part => part is TextPart) ? new Answer(parts, reason) : null;

    private void Count(ChatCommand command, Transition transition)
    {
        var outcome = command switch
        {
            FinishTurn => "finished",
            FinishInterruption => "interrupted",
            FailTurn => "failed",
            ReleaseLease => "released",
            EnterRequiresAction => "requires_action",
            _ => null,
        };
        if (outcome is not null)
        {
            metrics.TurnEnded(outcome);
            LogTurnEnded(transition.Next.Id, outcome, transition.Next.Version);
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "Turn of chat {Chat} ended: {Outcome}, version {Version}")]
    private partial void LogTurnEnded(ChatId chat, string outcome, long version);

    [LoggerMessage(3, LogLevel.Warning, "A commit of the worker to chat {Chat} failed at attempt {Attempt}; it is tried again")]
    private partial void LogCommitFailed(ChatId chat, int attempt, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "Generation {Generation} of chat {Chat} failed at attempt {Attempt}: {Code}")]
    private partial void LogGenerationFailed(ChatId chat, long generation, int attempt, string code, Exception? exception);
}
