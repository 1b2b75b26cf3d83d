using System.Diagnostics;
using DurableChat.Chats;
using DurableChat.Diagnostics;
using DurableChat.Feeds;
using DurableChat.Hooks;
using DurableChat.Models;
using Microsoft.Extensions.AI;

namespace DurableChat.Workers;

/// <summary>Makes one model call and streams its parts into the feed. Thread-safe.</summary>
internal sealed class Generator(
    ModelCatalog models,
    ToolRegistry tools,
    HistoryReader histories,
    WorkerOptions options,
    WorkerMetrics metrics,
    TimeProvider time,
    SettingNotes notes,
    params IEnumerable<ITurnHook> hooks)
{
    /// <summary>
    /// The next look shows a chat that has moved on. Several looks without a result mean that its history does not
    /// match its state.
    /// </summary>
    private const int MaxVainLooks = 3;

    /// <summary>
    /// An answer may have one part per this many characters of its limit, because parts take memory in addition to
    /// their text.
    /// </summary>
    private const int CharsPerPart = 100;

    /// <summary>An answer may always have at least this many parts, however low its character limit.</summary>
    private const int MinParts = 1_000;

    private readonly TurnHooks _hooks = new(hooks, options.ModelSilence, time);

    /// <summary>True if another worker's request gets the answer of the chat's current model call.</summary>
    public bool IsKept(Chat chat) => models.TryGet(chat.AnsweringModel, out var model) && model.IsKept;

    /// <summary>Calls the model. Null if the chat has moved on, so that the answer could not be used.</summary>
    /// <exception cref="GenerationFailedException">The call failed.</exception>
    /// <exception cref="OperationCanceledException">
    /// The call was interrupted. What had arrived is in the feed.
    /// </exception>
    public async Task<Answer?> GenerateAsync(Feed feed, Chat chat, Run run, CancellationToken cancellationToken)
    {
        _ = models.TryGet(chat.AnsweringModel, out var model);
        var history = await histories.ReadAsync(feed, chat, model, cancellationToken).ConfigureAwait(false);
        var question = history?.LastOrDefault(message => message.Role == MessageRole.User);
        if (!models.TryGet(chat.Fallback?.Model ?? question?.Model ?? chat.AnsweringModel, out model))
        {
            throw new GenerationFailedException(ModelErrors.NotConfigured, null);
        }

        if (history is not null && (chat.Step == 0 || run.Instructions is null))
        {
            run.Instructions = await _hooks.AskAsync(chat, history, cancellationToken).ConfigureAwait(false);
        }

        var lost = run.Memory.Lost
            ?? LostAnswer.Find(feed.TryGetParts(chat.Generation), history is [.., var head] ? head : null);
        if (history is null || !feed.BeginGeneration(chat.Generation, run.Token, run.Memory.FirstSeqOf(chat)))
        {
            feed.MarkUnsynced();
            if (run.Memory.CountVainLook(chat.Generation) >= MaxVainLooks)
            {
                throw new GenerationFailedException(ModelErrors.HistoryUnavailable, null);
            }

            return null;
        }

        return await CallAsync(feed, chat, run, model, history, question?.Settings, lost, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Calls the model, and measures the call however it ends.</summary>
    private async Task<Answer?> CallAsync(
        Feed feed,
        Chat chat,
        Run run,
        ModelDefinition model,
        IReadOnlyList<Message> history,
        GenerationSettings? asked,
        LostAnswer? lost,
        CancellationToken cancellationToken)
    {
        var call = run.Memory.Begin(chat, run.Token, model);
        using var activity = DurableChatActivitySource.StartGeneration(
            chat.Id.Value, NameOf(model, answering: null), chat.Generation, chat.Attempt);
        var began = time.GetTimestamp();
        using var clocks = StartClocks(model, cancellationToken);
        var answer = run.Memory.BeginAnswer(history);
        run.Memory.Instructions = PromptBuilder.TakesInstructions(history) ? run.Instructions ?? [] : [];
        string? error = GenAiMetrics.Cancelled;
        try
        {
            notes.Note(model, chat.Id, asked);
            var settings = model.SettingsFor(asked);
            var hasTools = settings.Tools != false && !answer.AreToolsRefused;
            AIFunctionDeclaration[] offered = hasTools ? [.. Offer(chat, settings)] : [];
            var request = new ModelRequest
            {
                Prompt = PromptBuilder.Build(history, options.SystemPrompt, run.Instructions),
                Tools = offered,
                Settings = WithPossibleChoice(settings, chat, offered),
                OmitsReplay = answer.IsReplayRefused,
                CacheKey = chat.Id.Value,
                Call = call,
                OnBytes = clocks.OnBytes,
                OnContent = clocks.OnContent,
            };
            var whole = await StreamAsync(feed, chat, run, model, request, answer, clocks).ConfigureAwait(false);
            error = whole is null ? error : null;
            return whole is not null && PromptBuilder.TakesInstructions(history)
                ? whole with { Instructions = run.Instructions ?? [] }
                : whole;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Model clients are external code and can throw anything.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // The client may report an interruption as any exception.
            cancellationToken.ThrowIfCancellationRequested();
            var failure = exception is OperationCanceledException && clocks.HasExpired
                ? ModelErrors.Timeout
                : ModelErrors.Map(exception, model);
            error = failure.Error.Code;
            throw new GenerationFailedException(Limit(failure, model), exception, model, answer.Usage);
        }
        finally
        {
            run.Memory.EndAnswer(answer);
            Measure(model, answer, time.GetElapsedTime(began), error, activity);
            CountRepaid(model, answer, lost, history);
        }
    }

    private static ModelCall NameOf(ModelDefinition model, string? answering) =>
        new(model.Provider, model.ProviderModel ?? model.Name, answering);

    private AnswerClocks StartClocks(ModelDefinition model, CancellationToken cancellationToken) => new(
        model.Silence ?? options.ModelSilence,
        model.ContentSilence ?? options.ModelContentSilence,
        model.MaxAnswerTime ?? options.MaxAnswerTime,
        time,
        cancellationToken);

    /// <summary>
    /// The settings without a tool choice that cannot be kept. A model that must call a tool in every answer never
    /// reaches its last answer, and providers refuse the choice of a tool that is not offered.
    /// </summary>
    private static GenerationSettings WithPossibleChoice(
        GenerationSettings settings, Chat chat, AIFunctionDeclaration[] offered)
    {
        var isPossible = settings.ToolChoice switch
        {
            null or "auto" or "none" => true,
            "required" => chat.Step == 0,
            var name => chat.Step == 0 && Array.Exists(offered, tool => tool.Name == name),
        };
        return isPossible ? settings : settings with { ToolChoice = null };
    }

    private IEnumerable<AIFunctionDeclaration> Offer(Chat chat, GenerationSettings settings)
    {
        var offered = tools.Declare(chat).OfType<AIFunctionDeclaration>();
        return settings.BuiltInTools == false ? offered.Where(tool => tool.Name != CurrentTimeTool.Name) : offered;
    }

    private void Measure(
        ModelDefinition model, AnswerInProgress answer, TimeSpan elapsed, string? error, Activity? activity)
    {
        metrics.GenerationEnded(model.Name, elapsed);
        var call = NameOf(model, answer.Model);
        metrics.Models.Ended(
            call, elapsed, error, answer.Usage is { } usage ? (usage.InputTokens, usage.OutputTokens) : null);
        DurableChatActivitySource.EndGeneration(
            activity, call, answer.Usage, error is GenAiMetrics.Cancelled ? null : error);
    }

    /// <summary>
    /// Counts what was paid for twice. A kept answer is not asked for again, unless it turned out to be another one.
    /// </summary>
    private void CountRepaid(
        ModelDefinition model,
        AnswerInProgress answer,
        LostAnswer? lost,
        IReadOnlyList<Message> history)
    {
        if (lost is null
            || answer.IsEmpty
            || (model.IsKept && lost.Cause == LostAnswer.Takeover && !answer.HasDiverged))
        {
            return;
        }

        var prompt = history.Sum(message => (long)LostAnswer.CharsOf(message.Parts))
            + (options.SystemPrompt?.Length ?? 0);
        var (input, output) = lost.PaidAgain(answer.Usage, prompt);
        metrics.Repaid(lost.Cause, input, output);
    }

    /// <summary>
    /// Streams the answer. If the provider refuses an optional part of the request, a second request omits it. That
    /// does not count as another attempt.
    /// </summary>
    private async Task<Answer?> StreamAsync(
        Feed feed,
        Chat chat,
        Run run,
        ModelDefinition model,
        ModelRequest request,
        AnswerInProgress answer,
        AnswerClocks clocks)
    {
        while (true)
        {
            try
            {
                return await ReadAsync(feed, chat, run, model, request, answer, clocks).ConfigureAwait(false);
            }
            catch (ModelException exception) when (exception.Failure.IsReplayRefused
                && !request.OmitsReplay
                && answer.IsEmpty)
            {
                answer.IsReplayRefused = true;
                request = request with { OmitsReplay = true };
            }
            catch (ModelException exception) when (exception.Failure.AreToolsRefused
                && request.Tools.Count > 0
                && answer.IsEmpty)
            {
                answer.AreToolsRefused = true;
                request = request with { Tools = [] };
            }

            clocks.OnContent();
            answer.BeginRequest();
        }
    }

    private async Task<Answer?> ReadAsync(
        Feed feed,
        Chat chat,
        Run run,
        ModelDefinition model,
        ModelRequest request,
        AnswerInProgress answer,
        AnswerClocks clocks)
    {
        var began = time.GetTimestamp();
        var room = options.MaxAnswerChars;
        EndUpdate? end = null;
        var isCut = false;
        var parts = new PartCount(Math.Max(MinParts, options.MaxAnswerChars / CharsPerPart));
        var reader = new PatientReader<ModelUpdate>(
            model.Client.StreamAsync(request, clocks.Token).GetAsyncEnumerator(clocks.Token));
        await using var disposal = reader.ConfigureAwait(false);
        while (!isCut && end is null && await reader.MoveNextAsync(clocks.Token).ConfigureAwait(false))
        {
            clocks.OnContent();
            switch (reader.Current)
            {
                case UsageUpdate usage:
                    answer.Count(usage);
                    break;
                case EndUpdate update:
                    end = update;
                    break;
                case PartUpdate { Part: var given }:
                    if (answer.IsEmpty)
                    {
                        metrics.FirstPart(model.Name, time.GetElapsedTime(began));
                    }

                    var part = answer.Take(given);
                    var fitting = parts.TryAdd(part) ? Fit(part, room) : null;
                    if (fitting is not null && feed.AppendPart(chat.Generation, fitting, run.Token) is null)
                    {
                        return null;
                    }

                    room -= MessagePart.CharsOf(part);
                    isCut = !ReferenceEquals(fitting, part) || room == 0;
                    break;
            }
        }

        if (end is null && !isCut)
        {
            throw new ModelException(ModelErrors.BrokenOff);
        }

        // An answer without parts can be valid, if all tokens went into reasoning or the provider withholds the answer.
        // An answer that ends normally must have parts.
        if (feed.Checkpoints.Complete(chat.Generation, run.Token) is not ({ } shown, var hasDiverged))
        {
            return null;
        }

        answer.HasDiverged = hasDiverged;
        var isTakeover = run.Memory.Continues(chat.Generation);
        return shown.Count == 0 && !isCut && end is not { Reason: FinishReason.Length or FinishReason.ContentFilter }
            ? throw new ModelException("model_bad_response", "The model sent an empty answer.", retryable: true)
            : Complete(shown, end, answer) with { MayDifferFromParts = isTakeover && (hasDiverged || !model.IsKept) };
    }

    /// <summary>The model may have a lower limit on attempts than others.</summary>
    private static ModelFailure Limit(ModelFailure failure, ModelDefinition model) =>
        model.MaxAttempts is { } most
            ? failure with { MaxAttempts = Math.Min(failure.MaxAttempts ?? most, most) }
            : failure;

    private static Answer Complete(IReadOnlyList<MessagePart> parts, EndUpdate? end, AnswerInProgress answer)
    {
        var replay = end?.Replay;
        if (replay is not null && answer.IsReplayRefused)
        {
            // From here on the answer itself records this, and later answers can be replayed again.
            replay = replay with { EndsEarlier = true };
            answer.IsReplayRefused = false;
        }

        return new Answer(parts, end?.Reason ?? FinishReason.Length, answer.Usage) { Replay = replay };
    }

    /// <summary>
    /// As much of a part as fits: a client that does not stream returns the whole answer as one part. Null for nothing.
    /// A tool call that does not fit is dropped.
    /// </summary>
    private static MessagePart? Fit(MessagePart part, int room) =>
        MessagePart.CharsOf(part) <= room ? part
        : MessagePart.TextOf(part) is { } text ? MessagePart.WithText(part, TextCut.Start(text, room))
        : null;
}
