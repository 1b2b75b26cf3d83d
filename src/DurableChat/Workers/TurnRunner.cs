using DurableChat.Chats;
using DurableChat.Cluster;
using DurableChat.Commits;
using DurableChat.Diagnostics;
using DurableChat.Feeds;
using DurableChat.Models;
using DurableChat.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DurableChat.Workers;

/// <summary>
/// Drives one chat under one lease until the chat needs no worker or the lease is lost. It holds no state of its own:
/// each round looks at the chat and does what it needs next. So it starts a turn, continues after a crash, and takes
/// over from another worker in the same way.
/// <code>
///   look at the chat ─▶ interrupting? ─▶ finish the interruption
///        ▲             stopping? ──────▶ hand a kept answer over, or release the lease after the drain time
///        │             retry is due? ──▶ wait, record the attempt
///        │             calls pending? ─▶ run tools in parallel, commit each result as it arrives (or wait for the
/// client)
///        │             otherwise ──────▶ call the model, commit its answer
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
    [FromKeyedServices(ClusterTime.Key)] TimeProvider time,
    ILogger<TurnRunner> logger,
    IModelCallKeeper? keeper = null,
    Checkpointer? checkpoints = null)
{
    /// <summary>
    /// A refusal means that the chat has changed, which the next look shows. Several in a row indicate a program error.
    /// </summary>
    private const int MaxRefusalsInARow = 10;

    /// <summary>
    /// How often recording a cost after the lease is lost is tried: with the pauses, for about five minutes.
    /// </summary>
    private const int MaxSettlements = 32;

    private static readonly TimeSpan _firstCommitPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _longestCommitPause = TimeSpan.FromSeconds(10);

    /// <summary>Drives the chat.</summary>
    /// <param name="feed">The chat's feed.</param>
    /// <param name="run">The lease, and the means to interrupt.</param>
    /// <param name="stop">How far the replica's shutdown has come.</param>
    public async Task RunAsync(Feed feed, Run run, WorkerStop stop)
    {
        try
        {
            await DriveAsync(feed, run, stop).ConfigureAwait(false);
        }
        finally
        {
            // The answer would cost money, but its chat no longer exists.
            if (run is { IsChatGone: true, Memory.Call: { } call })
            {
                keeper?.Forget(call);
            }
        }
    }

    private async Task DriveAsync(Feed feed, Run run, WorkerStop stop)
    {
        using var activity = DurableChatActivitySource.StartRun(feed.Id.Value);
        var refusals = 0;
        while (!run.Stopped.IsCancellationRequested)
        {
            var phase = run.BeginPhase();
            var chat = feed.TryGetChat() ?? await reader.LoadPresentAsync(feed, run.Stopped).ConfigureAwait(false);
            if (chat is not { NeedsWorker: true, Lease: { } lease }
                || lease.Token != run.Token
                || lease.Replica != options.Replica)
            {
                run.Memory.Dispose();
                return;
            }

            run.Saw(chat.Version);
            if (run.Memory.IsTakeover(chat) && checkpoints is not null)
            {
                await checkpoints.RestoreAsync(feed, chat, run).ConfigureAwait(false);
            }

            run.Memory.Looked();

            // Without the queue, which no step uses: a run keeps this state for as long as a model answers.
            chat = chat with { Queue = [] };
            var command = await NextCommandAsync(feed, chat, run, stop, phase).ConfigureAwait(false);
            if (command is null || await CommitAsync(chat, command, run).ConfigureAwait(false) is not { } result)
            {
                continue;
            }

            if (result is CommandResult.Committed { Transition: var transition })
            {
                refusals = 0;
                run.Progressed();
                if (transition.Spent is not null)
                {
                    run.Memory.Counted();
                }

                if (transition.RemovesCheckpoint)
                {
                    run.Checkpoint.Removed();
                }

                Forget(chat, command, run);
                Count(command, transition);
            }
            else if (++refusals >= MaxRefusalsInARow)
            {
                run.DropsResults = true;
                throw new InvalidOperationException(
                    $"The command {command.GetType().Name} was refused {refusals} times in a row: {result}.");
            }
        }
    }

    /// <summary>
    /// Counts the cost of the last model call if the lease was lost before a commit could count it. The state records
    /// whether it is counted, so that a commit in doubt counts once.
    /// </summary>
    /// <param name="run">The run, which has ended.</param>
    /// <param name="stop">How far the replica's shutdown has come.</param>
    public async Task SettleAsync(Run run, WorkerStop stop)
    {
        var pause = new GrowingPause(_firstCommitPause, _longestCommitPause);
        for (var attempt = 1; run.Memory.Owed is { } owed && attempt <= MaxSettlements; attempt++)
        {
            try
            {
                await committer.ExecuteAsync(run.Chat, null, (_, _) => new(owed), null, CancellationToken.None)
                    .ConfigureAwait(false);
                return;
            }
            catch (Exception exception) when (exception is (ChatStoreException or TimeoutException)
                and not ChatDataException && !stop.IsDue)
            {
                metrics.CommitFailed();
                LogCommitFailed(run.Chat, attempt, pause.Current, exception);
                await Task.Delay(pause.Current, time, CancellationToken.None).ConfigureAwait(false);
                pause.Grow();
            }
        }
    }

    /// <summary>
    /// Runs a command on the chat, and retries for as long as the database is unavailable: an answer or a result is
    /// worth keeping while this run holds the lease. If a commit in doubt did happen, the repetition is refused,
    /// because the command names its generation.
    /// </summary>
    /// <returns>
    /// Null if a failover has lost what the command was made for. Leases and generations may have been numbered again
    /// since then, so the command must not apply to the current ones.
    /// </returns>
    private async Task<CommandResult?> CommitAsync(Chat chat, ChatCommand command, Run run)
    {
        var isLost = false;
        var id = chat.Id;
        var pause = new GrowingPause(_firstCommitPause, _longestCommitPause);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await committer.ExecuteAsync(id, null, (state, _) => new(Renew(state)), null, run.Stopped)
                    .ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (isLost)
            {
                run.Memory.Forget();
                return null;
            }
            catch (Exception exception) when (exception is (ChatStoreException or TimeoutException)
                and not ChatDataException)
            {
                metrics.CommitFailed();
                LogCommitFailed(id, attempt, pause.Current, exception);
                await Task.Delay(pause.Current, time, run.Stopped).ConfigureAwait(false);
                pause.Grow();
            }
        }

        ChatCommand Renew(Chat state)
        {
            isLost = state.Contradicts(chat);
            ChatCommand renewed = command switch
            {
                _ when isLost => throw new OperationCanceledException("What the command was made for is lost."),
                FinishInterruption finish => finish with { Results = Held(chat, run) },
                FailTurn fail => fail with { Results = Held(chat, run) },
                _ => command,
            };
            return renewed is GenerationCommand own ? own with { HasCheckpoint = run.Checkpoint.MayHaveRows } : renewed;
        }
    }

    /// <summary>
    /// The results that are held now. Some may have arrived while a command that ends the turn waited for the database.
    /// </summary>
    private IReadOnlyList<ToolResultPart> Held(Chat chat, Run run) =>
        run.DropsResults || chat.PendingToolCalls.Count == 0 ? [] : RoundOf(chat, run).Held(chat.OriginOfCalls.Places);

    /// <summary>
    /// Does what the chat needs and returns the command that records it. Null if an interruption requires another look.
    /// </summary>
    private async Task<ChatCommand?> NextCommandAsync(
        Feed feed,
        Chat chat,
        Run run,
        WorkerStop stop,
        CancellationToken phase)
    {
        if (chat.Status == ChatStatus.Interrupting)
        {
            // The commit itself takes the results: more may arrive while the database is unavailable.
            var (_, notBegun) = await SettleToolsAsync(chat, run, tools.Options.StopTime).ConfigureAwait(false);
            var partial = run.DropsResults ? null : Partial(feed, chat, run, FinishReason.Interrupted);
            return new FinishInterruption(run.Token, chat.Generation, partial)
            {
                NotBegun = notBegun,
                Usage = Unanswered(chat, run, partial),
            };
        }

        // The answer is in flight or about to be requested, and the next worker gets the same one.
        var isKept = chat is { IsAnswerInFlight: true } && generator.IsKept(chat);
        run.MayLeave(isKept);
        if (isKept && (stop.HasBegun || stop.IsDue))
        {
            return await HandOverAsync(chat, run).ConfigureAwait(false);
        }

        if (stop.IsDue)
        {
            return await ReleaseAsync(feed, chat, run).ConfigureAwait(false);
        }

        if (run.HasFault)
        {
            // The previous round failed for a reason other than the model or the database. Counting it lets a permanent
            // failure end the turn.
            return chat.AttemptOfModel < options.MaxAttempts
                ? NextAttempt(chat, run)
                : await AbandonAsync(feed, chat, run).ConfigureAwait(false);
        }

        try
        {
            if (chat.Retry is { } retry)
            {
                await WaitForRetryAsync(chat, retry, run, phase).ConfigureAwait(false);
                return NextAttempt(chat, run);
            }

            if (chat.AttemptOfModel > options.MaxAttempts)
            {
                return await AbandonAsync(feed, chat, run).ConfigureAwait(false);
            }

            return chat.PendingToolCalls.Count > 0
                ? await RunToolsAsync(feed, chat, run, phase).ConfigureAwait(false)
                : await GenerateAsync(feed, chat, run, phase).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (phase.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>
    /// Ends a turn here that another worker continues. Results of tools are committed first: what they complete must
    /// not be left to the next worker.
    /// </summary>
    private async Task<ChatCommand> ReleaseAsync(Feed feed, Chat chat, Run run)
    {
        var (results, _) = await SettleToolsAsync(
            chat, run, Shorter(tools.Options.StopTime, options.DrainTime / 2)).ConfigureAwait(false);
        if (results.Count > 0)
        {
            return new CommitStep(run.Token, chat.Generation) { Results = results };
        }

        var partial = Partial(feed, chat, run, FinishReason.HandedOver);
        return new ReleaseLease(run.Token, chat.Generation, partial) { Usage = Unanswered(chat, run, partial) };
    }

    /// <summary>
    /// A kept answer belongs to the next worker, together with its cost. What is on screen is stored first.
    /// </summary>
    private async Task<ChatCommand> HandOverAsync(Chat chat, Run run)
    {
        if (checkpoints is not null)
        {
            await checkpoints.WriteLastAsync(run).ConfigureAwait(false);
        }

        return new ReleaseLease(run.Token, chat.Generation, null) { KeepsGeneration = true };
    }

    /// <summary>
    /// Waits until a retry is due, by this process's clock, and never longer than its delay from when the run first saw
    /// it. The time of day may be set back, and the clock of the replica that wrote the retry may differ.
    /// </summary>
    private async Task WaitForRetryAsync(Chat chat, RetryState retry, Run run, CancellationToken phase)
    {
        var waited = time.GetElapsedTime(run.Memory.RetrySeen(chat.Generation, time.GetTimestamp()));
        var wait = Shorter(retry.RetryAt - time.GetUtcNow(), (retry.Delay ?? options.Retry.MaxRetryAfter) - waited);
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, time, phase).ConfigureAwait(false);
        }
    }

    private async Task<ChatCommand> AbandonAsync(Feed feed, Chat chat, Run run)
    {
        var (_, notBegun) = await SettleToolsAsync(chat, run, tools.Options.StopTime).ConfigureAwait(false);
        var error = new ChatError(
            "turn_abandoned", "The server failed several times while it worked on this turn.", Retryable: true);
        var partial = run.Memory.Continues(chat.Generation) ? Partial(feed, chat, run, FinishReason.Failed) : null;
        return new FailTurn(run.Token, chat.Generation, error, partial)
        {
            NotBegun = notBegun,
            Usage = Unanswered(chat, run, partial),
        };
    }

    /// <summary>
    /// Runs the pending calls and returns the available results as soon as there is one. The next look at the chat
    /// finds the remaining calls.
    /// </summary>
    private async Task<ChatCommand> RunToolsAsync(Feed feed, Chat chat, Run run, CancellationToken phase)
    {
        var (round, origin) = (RunningRoundOf(chat, run), chat.OriginOfCalls);
        var places = new List<int>();
        for (var i = 0; i < chat.PendingToolCalls.Count; i++)
        {
            var (call, place, key) = (chat.PendingToolCalls[i], origin.Places[i], chat.IdempotencyKeyOf(i));
            if (round.HasBegun(place) || !tools.IsClientTool(call.Name, chat))
            {
                round.Add(
                    place,
                    cancellationToken => tools.InvokeAsync(
                        call,
                        key,
                        services,
                        text => feed.ShowProgress(origin.Generation, call.CallId, text),
                        cancellationToken));
                places.Add(place);
            }
        }

        var results = places.Count == 0 ? [] : await round.WaitAsync(places, phase).ConfigureAwait(false);
        return results.Count == places.Count && places.Count < chat.PendingToolCalls.Count
            ? new EnterRequiresAction(run.Token, chat.Generation) { Results = results }
            : new CommitStep(run.Token, chat.Generation) { Results = results };
    }

    /// <summary>
    /// Call it before a turn with pending calls is ended or handed over. It stops the tools and waits a limited time
    /// for them. Returns the results that arrived and the places of calls that never started.
    /// </summary>
    private async Task<(IReadOnlyList<ToolResultPart> Results, IReadOnlyList<int> NotBegun)> SettleToolsAsync(
        Chat chat,
        Run run,
        TimeSpan patience)
    {
        if (chat.PendingToolCalls.Count == 0)
        {
            return ([], []);
        }

        var round = RoundOf(chat, run);
        await round.StopAsync(patience, time).ConfigureAwait(false);
        var places = chat.OriginOfCalls.Places;

        // In a later generation, an earlier worker may have started the calls.
        var isFirst = chat.OriginOfCalls.Generation == chat.Generation;
        return (Held(chat, run), isFirst ? [.. places.Where(place => !round.HasBegun(place))] : []);
    }

    private ToolRound RoundOf(Chat chat, Run run) =>
        run.Memory.RoundOf(chat.OriginOfCalls.Generation, tools.Options.MaxParallelCalls, run.Stopped);

    /// <summary>
    /// Like RoundOf, for calls that are to run. A round that was stopped for an end of the turn runs nothing more, so
    /// it is replaced if a failover lost that end.
    /// </summary>
    private ToolRound RunningRoundOf(Chat chat, Run run)
    {
        if (RoundOf(chat, run).IsStopped)
        {
            run.Memory.Forget();
        }

        return RoundOf(chat, run);
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private async Task<ChatCommand?> GenerateAsync(Feed feed, Chat chat, Run run, CancellationToken phase)
    {
        var hasBegun = run.Memory.Continues(chat.Generation)
            ? feed.Checkpoints.HasBegun(chat.Generation, run.Token)
            : feed.TryGetParts(chat.Generation) is not null;
        if (hasBegun || run.Memory.HasBegun(chat.Generation))
        {
            // This worker has shown parts of the generation, and its end was lost. What follows must be another
            // generation, or a client would treat it as the rest.
            return NextAttempt(chat, run);
        }

        Answer? answer;
        try
        {
            answer = await generator.GenerateAsync(feed, chat, run, phase).ConfigureAwait(false);
        }
        catch (GenerationFailedException failed)
        {
            var lost = feed.TryGetParts(chat.Generation) is [_, ..] shown ? LostAnswer.CharsOf(shown) : 0;
            run.Memory.Fail(chat.Generation, lost > 0 ? new LostAnswer(LostAnswer.Retry, lost, failed.Usage) : null);
            return AfterFailure(feed, chat, run, failed);
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

        var mostCalls = tools.Options.MaxCallsPerAnswer;
        ToolResultPart[] refused = [.. answer.ToolCalls.Skip(mostCalls).Select(call => new ToolResultPart(
            call.CallId,
            $"Not run: an answer may call at most {mostCalls} tools. Make this call again in your next answer if "
                + "you need it.",
            IsError: true))];
        return answer.ToolCalls.Take(mostCalls).All(call => tools.IsClientTool(call.Name, chat))
            ? new EnterRequiresAction(run.Token, chat.Generation) { Answer = answer, Results = refused }
            : new CommitStep(run.Token, chat.Generation) { Answer = answer, Results = refused };
    }

    /// <summary>Calls the model again, calls another model immediately, or fails the turn.</summary>
    private GenerationCommand AfterFailure(Feed feed, Chat chat, Run run, GenerationFailedException failed)
    {
        var error = failed.Failure.Error;
        metrics.GenerationFailed(error.Code);
        LogGenerationFailed(
            chat.Id, chat.Generation, chat.AttemptOfModel, chat.AnsweringModel, error.Code, failed.InnerException);
        if (RetryPolicy.NextDelay(
            options.Retry,
            chat.AttemptOfModel,
            options.MaxAttempts,
            failed.Failure,
            Random.Shared.NextDouble()) is { } delay)
        {
            return new RecordRetry(run.Token, chat.Generation, error, options.MaxAttempts, delay)
            {
                Usage = failed.Usage,
            };
        }

        if (FallbackPolicy.After(failed.Model, error) is { } fallback)
        {
            metrics.FellBack(chat.AnsweringModel, fallback, error.Code);
            LogFellBack(chat.Id, chat.Generation, chat.AnsweringModel, error.Code, fallback);
            return new RecordRetry(run.Token, chat.Generation, error, chat.AttemptOfModel, TimeSpan.Zero)
            {
                FallbackModel = fallback,
                Usage = failed.Usage,
            };
        }

        var partial = Partial(feed, chat, run, FinishReason.Failed);
        return new FailTurn(run.Token, chat.Generation, error, partial)
        {
            Usage = partial is null ? failed.Usage : null,
        };
    }

    /// <summary>The answer in flight so far. Null if there is nothing worth keeping.</summary>
    private static Answer? Partial(Feed feed, Chat chat, Run run, FinishReason reason)
    {
        if (feed.TryGetParts(chat.Generation) is not { } parts || !parts.Any(part => part is TextPart))
        {
            return null;
        }

        // After a takeover, clients may have seen more than the checkpoint.
        var partial = new Answer(parts, reason) { MayDifferFromParts = run.Memory.Continues(chat.Generation) };
        return run.Memory.HasBegun(chat.Generation)
            ? partial with { Usage = run.Memory.Spent, Instructions = run.Memory.Instructions }
            : partial;
    }

    /// <summary>
    /// The cost of a model call whose answer is not kept. If a commit has counted it, the rules ignore it.
    /// </summary>
    private static TokenUsage? Unanswered(Chat chat, Run run, Answer? partial) =>
        partial is null && run.Memory.HasBegun(chat.Generation) ? run.Memory.Spent : null;

    /// <summary>
    /// Starts the next attempt. The previous one may have ended without a record, e.g. because of a program error.
    /// </summary>
    private static RecordAttempt NextAttempt(Chat chat, Run run) =>
        new(run.Token, chat.Generation) { Usage = Unanswered(chat, run, null) };

    /// <summary>
    /// Drops the kept answer of a call that a commit has ended, even if another worker made it. A released lease does
    /// not end a call: another worker continues it. Neither does an attempt: if the previous one failed, the next
    /// request says so.
    /// </summary>
    private void Forget(Chat chat, ChatCommand command, Run run)
    {
        if (command is not (ReleaseLease or RecordAttempt or CommitStep { Answer: null }
            or EnterRequiresAction { Answer: null }))
        {
            keeper?.Forget(TurnMemory.CallOf(chat, run.Token));
        }
    }

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

    [LoggerMessage(
        3,
        LogLevel.Warning,
        "A commit of the worker to chat {Chat} failed at attempt {Attempt}; it is tried again in {Pause}")]
    private partial void LogCommitFailed(ChatId chat, int attempt, TimeSpan pause, Exception exception);

    [LoggerMessage(
        2,
        LogLevel.Warning,
        "Generation {Generation} of chat {Chat} failed at attempt {Attempt} of model {Model}: {Code}")]
    private partial void LogGenerationFailed(
        ChatId chat,
        long generation,
        int attempt,
        string model,
        string code,
        Exception? exception);

    [LoggerMessage(
        4,
        LogLevel.Warning,
        "Generation {Generation} of chat {Chat}: model {Model} failed with {Code}; model {Fallback} answers")]
    private partial void LogFellBack(ChatId chat, long generation, string model, string code, string fallback);
}
