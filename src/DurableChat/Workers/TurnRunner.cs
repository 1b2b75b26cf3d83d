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
///        │             calls pending? ─▶ run tools at the same time, commit each result as it comes (or wait for the client)
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
    ILogger<TurnRunner> logger,
    IModelCallKeeper? keeper = null)
{
    /// <summary>A refusal means that the chat has changed, which the next look shows. Several in a row mean that something is wrong with the program.</summary>
    private const int MaxRefusalsInARow = 10;

    /// <summary>How often a cost is brought to the database whose lease is lost: with the pauses between, for about five minutes.</summary>
    private const int MaxSettlements = 32;

    private static readonly TimeSpan _firstCommitPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _longestCommitPause = TimeSpan.FromSeconds(10);

    /// <summary>Drives the chat.</summary>
    /// <param name="feed">The chat's feed.</param>
    /// <param name="run">The lease, and how to interrupt.</param>
    /// <param name="draining">True once the replica is shutting down and has no more patience.</param>
    public async Task RunAsync(Feed feed, Run run, Func<bool> draining)
    {
        try
        {
            await DriveAsync(feed, run, draining).ConfigureAwait(false);
        }
        finally
        {
            // The answer would be paid for, and belong to nothing.
            if (run is { IsChatGone: true, Memory.Call: { } call })
            {
                keeper?.Forget(call);
            }
        }
    }

    private async Task DriveAsync(Feed feed, Run run, Func<bool> draining)
    {
        using var activity = DurableChatActivitySource.StartRun(feed.Id.Value);
        var refusals = 0;
        while (!run.Stopped.IsCancellationRequested)
        {
            var phase = run.BeginPhase();
            var chat = feed.TryGetChat() ?? await reader.LoadPresentAsync(feed, run.Stopped).ConfigureAwait(false);
            if (chat is not { NeedsWorker: true, Lease: { } lease } || lease.Token != run.Token || lease.Replica != options.Replica)
            {
                run.Memory.Dispose();
                return;
            }

            run.Saw(chat.Version);

            // Without the queue, which no step looks at: a run holds on to this for as long as a model answers.
            chat = chat with { Queue = [] };
            var command = await NextCommandAsync(feed, chat, run, draining, phase).ConfigureAwait(false);
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
                Forget(chat, command, run);
                Count(command, transition);
            }
            else if (++refusals >= MaxRefusalsInARow)
            {
                run.DropsResults = true;
                throw new InvalidOperationException($"The command {command.GetType().Name} was refused {refusals} times in a row: {result}.");
            }
        }
    }

    /// <summary>
    /// Counts what the last model call has cost if the lease was lost before a commit could do so. The state knows whether it is counted, so that a commit in doubt counts once.
    /// </summary>
    /// <param name="run">The run, which is over.</param>
    /// <param name="draining">True once the replica is shutting down and has no more patience.</param>
    public async Task SettleAsync(Run run, Func<bool> draining)
    {
        var pause = _firstCommitPause;
        for (var attempt = 1; run.Memory.Owed is { } owed && attempt <= MaxSettlements; attempt++)
        {
            try
            {
                await committer.ExecuteAsync(run.Chat, null, (_, _) => new(owed), null, CancellationToken.None).ConfigureAwait(false);
                return;
            }
            catch (Exception exception) when (exception is (ChatStoreException or TimeoutException) and not ChatDataException && !draining())
            {
                metrics.CommitFailed();
                LogCommitFailed(run.Chat, attempt, pause, exception);
                await Task.Delay(pause, time, CancellationToken.None).ConfigureAwait(false);
                pause = Shorter(pause * 2, _longestCommitPause);
            }
        }
    }

    /// <summary>
    /// Brings a command to the chat, however long the database is away: an answer or a result is worth waiting with while the lease is ours. A commit that was in
    /// doubt and did happen makes the repetition a refusal, since the command names its generation.
    /// </summary>
    /// <returns>Null if a failover has lost what the command was made for. Numbers of leases and generations may have been given again since, so the command must not reach what is there now.</returns>
    private async Task<CommandResult?> CommitAsync(Chat chat, ChatCommand command, Run run)
    {
        var isLost = false;
        var id = chat.Id;
        var pause = _firstCommitPause;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await committer.ExecuteAsync(id, null, (state, _) => new(Renew(state)), null, run.Stopped).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (isLost)
            {
                run.Memory.Forget();
                return null;
            }
            catch (Exception exception) when (exception is (ChatStoreException or TimeoutException) and not ChatDataException)
            {
                metrics.CommitFailed();
                LogCommitFailed(id, attempt, pause, exception);
                await Task.Delay(pause, time, run.Stopped).ConfigureAwait(false);
                pause = pause * 2 < _longestCommitPause ? pause * 2 : _longestCommitPause;
            }
        }

        ChatCommand Renew(Chat state)
        {
            isLost = state.Contradicts(chat);
            return command switch
            {
                _ when isLost => throw new OperationCanceledException("What the command was made for is lost."),
                FinishInterruption finish => finish with { Results = Held(chat, run) },
                FailTurn fail => fail with { Results = Held(chat, run) },
                _ => command,
            };
        }
    }

    /// <summary>The results that are held now: some may have come while a command that ends the turn waited for the database.</summary>
    private IReadOnlyList<ToolResultPart> Held(Chat chat, Run run) =>
        run.DropsResults || chat.PendingToolCalls.Count == 0 ? [] : RoundOf(chat, run).Held(chat.OriginOfCalls.Places);

    /// <summary>Does what the chat needs and gives the command that records it; null if an interruption calls for another look.</summary>
    private async Task<ChatCommand?> NextCommandAsync(Feed feed, Chat chat, Run run, Func<bool> draining, CancellationToken phase)
    {
        if (chat.Status == ChatStatus.Interrupting)
        {
            // The commit itself takes the results: more may come while the database is away.
            var (_, notBegun) = await SettleToolsAsync(chat, run, tools.Options.StopTime).ConfigureAwait(false);
            var partial = run.DropsResults ? null : Partial(feed, chat, run, FinishReason.Interrupted);
            return new FinishInterruption(run.Token, chat.Generation, partial) { NotBegun = notBegun, Usage = Unanswered(chat, run, partial) };
        }

        if (draining())
        {
            // The results first: what they complete is not left to the next worker.
            var (results, _) = await SettleToolsAsync(chat, run, Shorter(tools.Options.StopTime, options.DrainTime / 2)).ConfigureAwait(false);
            if (results.Count > 0)
            {
                return new CommitStep(run.Token, chat.Generation) { Results = results };
            }

            // An answer that is kept is the next worker's, from its beginning, and so is what it costs.
            var isLeft = run.Memory.IsKept && run.Memory.HasBegun(chat.Generation);
            var partial = isLeft ? null : Partial(feed, chat, run, FinishReason.HandedOver);
            return new ReleaseLease(run.Token, chat.Generation, partial) { Usage = isLeft ? null : Unanswered(chat, run, partial) };
        }

        if (run.HasFault)
        {
            // The round before failed in a way that is neither the model's nor the database's. Counting it lets what always fails end the turn.
            return chat.AttemptOfModel < options.MaxAttempts
                ? NextAttempt(chat, run)
                : await AbandonAsync(chat, run).ConfigureAwait(false);
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
                return await AbandonAsync(chat, run).ConfigureAwait(false);
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
    /// Waits until a retry is due, by the clock of this process and never longer than its delay from when the run first saw it: the time of day may be set back,
    /// and the one who wrote it may have another.
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

    private async Task<ChatCommand> AbandonAsync(Chat chat, Run run)
    {
        var (_, notBegun) = await SettleToolsAsync(chat, run, tools.Options.StopTime).ConfigureAwait(false);
        var error = new ChatError("turn_abandoned", "The server failed several times while it worked on this turn.", Retryable: true);
        return new FailTurn(run.Token, chat.Generation, error)
        {
            NotBegun = notBegun,
            Usage = Unanswered(chat, run, null),
        };
    }

    /// <summary>Runs what is pending and gives the results that are there as soon as there is one; the next look at the chat finds the calls that are left.</summary>
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
                        call, key, services, text => feed.ShowProgress(origin.Generation, call.CallId, text), cancellationToken));
                places.Add(place);
            }
        }

        var results = places.Count == 0 ? [] : await round.WaitAsync(places, phase).ConfigureAwait(false);
        return results.Count == places.Count && places.Count < chat.PendingToolCalls.Count
            ? new EnterRequiresAction(run.Token, chat.Generation) { Results = results }
            : new CommitStep(run.Token, chat.Generation) { Results = results };
    }

    /// <summary>
    /// To be called before a turn is ended or given away while calls are pending: stops the tools, waits for them a bounded time, and gives the results that came
    /// and the places of calls that never began.
    /// </summary>
    private async Task<(IReadOnlyList<ToolResultPart> Results, IReadOnlyList<int> NotBegun)> SettleToolsAsync(Chat chat, Run run, TimeSpan patience)
    {
        if (chat.PendingToolCalls.Count == 0)
        {
            return ([], []);
        }

        var round = RoundOf(chat, run);
        await round.StopAsync(patience, time).ConfigureAwait(false);
        var places = chat.OriginOfCalls.Places;

        // In a later generation a worker before this one may have begun the calls.
        var isFirst = chat.OriginOfCalls.Generation == chat.Generation;
        return (Held(chat, run), isFirst ? [.. places.Where(place => !round.HasBegun(place))] : []);
    }

    private ToolRound RoundOf(Chat chat, Run run) =>
        run.Memory.RoundOf(chat.OriginOfCalls.Generation, tools.Options.MaxParallelCalls, run.Stopped);

    /// <summary>The same for calls that are to run: a round that was stopped for an end of the turn that a failover lost runs nothing any more.</summary>
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
        if (feed.TryGetParts(chat.Generation) is not null || run.Memory.HasBegun(chat.Generation))
        {
            // Parts of this generation have been seen, and its end was lost. What comes now is another generation, or a client would take it for the rest.
            return NextAttempt(chat, run);
        }

        Answer? answer;
        try
        {
            answer = await generator.GenerateAsync(feed, chat, run, phase).ConfigureAwait(false);
        }
        catch (GenerationFailedException failed)
        {
            run.Memory.Fail(chat.Generation);
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
            call.CallId, $"Not run: an answer may call at most {mostCalls} tools. Make this call again in your next answer if you need it.", IsError: true))];
        return answer.ToolCalls.Take(mostCalls).All(call => tools.IsClientTool(call.Name, chat))
            ? new EnterRequiresAction(run.Token, chat.Generation) { Answer = answer, Results = refused }
            : new CommitStep(run.Token, chat.Generation) { Answer = answer, Results = refused };
    }

    /// <summary>The model is asked again, or another one at once, or the turn fails.</summary>
    private GenerationCommand AfterFailure(Feed feed, Chat chat, Run run, GenerationFailedException failed)
    {
        var error = failed.Failure.Error;
        metrics.GenerationFailed(error.Code);
        LogGenerationFailed(chat.Id, chat.Generation, chat.AttemptOfModel, chat.AnsweringModel, error.Code, failed.InnerException);
        if (RetryPolicy.NextDelay(options.Retry, chat.AttemptOfModel, options.MaxAttempts, failed.Failure, Random.Shared.NextDouble()) is { } delay)
        {
            return new RecordRetry(run.Token, chat.Generation, error, options.MaxAttempts, delay) { Usage = failed.Usage };
        }

        if (FallbackPolicy.After(failed.Model, error) is { } fallback)
        {
            metrics.FellBack(chat.AnsweringModel, fallback, error.Code);
            LogFellBack(chat.Id, chat.Generation, chat.AnsweringModel, error.Code, fallback);
            return new RecordRetry(run.Token, chat.Generation, error, chat.AttemptOfModel, TimeSpan.Zero) { FallbackModel = fallback, Usage = failed.Usage };
        }

        var partial = Partial(feed, chat, run, FinishReason.Failed);
        return new FailTurn(run.Token, chat.Generation, error, partial) { Usage = partial is null ? failed.Usage : null };
    }

    /// <summary>What the answer in flight has so far; null if it has nothing worth keeping.</summary>
    private static Answer? Partial(Feed feed, Chat chat, Run run, FinishReason reason) =>
        feed.TryGetParts(chat.Generation) is not { } parts || !parts.Any(part => part is TextPart) ? null
        : run.Memory.HasBegun(chat.Generation) ? new Answer(parts, reason, run.Memory.Spent) { Instructions = run.Memory.Instructions }
        : new Answer(parts, reason);

    /// <summary>
    /// What a model call has cost of which no answer is kept. If a commit has counted it, the rules leave it out.
    /// </summary>
    private static TokenUsage? Unanswered(Chat chat, Run run, Answer? partial) =>
        partial is null && run.Memory.HasBegun(chat.Generation) ? run.Memory.Spent : null;

    /// <summary>
    /// Begins the next attempt. The one before may have ended in a way that recorded nothing, e.g. by a fault of this
    /// program.
    /// </summary>
    private static RecordAttempt NextAttempt(Chat chat, Run run) =>
        new(run.Token, chat.Generation) { Usage = Unanswered(chat, run, null) };

    /// <summary>
    /// Lets go of the answer of a call that a commit has ended, also of one that another worker made. A lease that is given
    /// back ends no call: another worker goes on with it. Nor does an attempt: if the one before has failed, the next request says so.
    /// </summary>
    private void Forget(Chat chat, ChatCommand command, Run run)
    {
        if (command is not (ReleaseLease or RecordAttempt or CommitStep { Answer: null } or EnterRequiresAction { Answer: null }))
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

    [LoggerMessage(3, LogLevel.Warning, "A commit of the worker to chat {Chat} failed at attempt {Attempt}; it is tried again in {Pause}")]
    private partial void LogCommitFailed(ChatId chat, int attempt, TimeSpan pause, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "Generation {Generation} of chat {Chat} failed at attempt {Attempt} of model {Model}: {Code}")]
    private partial void LogGenerationFailed(ChatId chat, long generation, int attempt, string model, string code, Exception? exception);

    [LoggerMessage(4, LogLevel.Warning, "Generation {Generation} of chat {Chat}: model {Model} failed with {Code}; model {Fallback} answers")]
    private partial void LogFellBack(ChatId chat, long generation, string model, string code, string fallback);
}
