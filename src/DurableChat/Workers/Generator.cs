using System.Diagnostics;
using DurableChat.Chats;
using DurableChat.Diagnostics;
using DurableChat.Feeds;
using DurableChat.Hooks;
using DurableChat.Models;
using Microsoft.Extensions.AI;

namespace DurableChat.Workers;

/// <summary>Makes one model call and streams its parts into the feed. Thread-safe.</summary>
internal sealed class Generator(ModelCatalog models, ToolRegistry tools, HistoryReader histories, WorkerOptions options, WorkerMetrics metrics, TimeProvider time, params IEnumerable<ITurnHook> hooks)
{
    private readonly TurnHooks _hooks = new(hooks, options, time);

    /// <summary>Calls the model; null if the chat has moved on, so that the answer would count for nothing.</summary>
    /// <exception cref="GenerationFailedException">The call failed.</exception>
    /// <exception cref="OperationCanceledException">The call was interrupted. What had arrived is in the feed.</exception>
    public async Task<Answer?> GenerateAsync(Feed feed, Chat chat, Run run, CancellationToken cancellationToken)
    {
        if (!models.TryGet(chat.Model, out var model))
        {
            throw new GenerationFailedException(ModelErrors.NotConfigured, null);
        }

        var history = await histories.ReadAsync(feed, chat, cancellationToken).ConfigureAwait(false);
        if (history is not null && (chat.Step == 0 || run.Instructions is null))
        {
            run.Instructions = await _hooks.AskAsync(chat, history, cancellationToken).ConfigureAwait(false);
        }

        if (history is null || !feed.BeginGeneration(chat.Generation))
        {
            feed.MarkUnsynced();
            return null;
        }

        using var activity = DurableChatActivitySource.StartGeneration(model.Name, chat.Generation, chat.Attempt);
        var began = time.GetTimestamp();
        using var silence = new CancellationTokenSource(options.ModelSilence, time);
        using var whole = new CancellationTokenSource(options.MaxAnswerTime, time);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, whole.Token, cancellationToken);
        try
        {
            return await StreamAsync(feed, chat, model, HistoryMapper.Map(history, options.SystemPrompt, run.Instructions ?? []), silence, any.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException exception) when (silence.IsCancellationRequested || whole.IsCancellationRequested)
        {
            activity?.SetStatus(ActivityStatusCode.Error, ModelErrors.Timeout.Error.Code);
            throw new GenerationFailedException(ModelErrors.Timeout, exception);
        }
#pragma warning disable CA1031 // A model client is somebody else's code and may throw anything.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // An interruption can surface as any exception of the client.
            cancellationToken.ThrowIfCancellationRequested();
            var failure = ModelErrors.Map(exception, model);
            activity?.SetStatus(ActivityStatusCode.Error, failure.Error.Code);
            throw new GenerationFailedException(failure, exception);
        }
        finally
        {
            metrics.GenerationEnded(model.Name, time.GetElapsedTime(began));
        }
    }

    private async Task<Answer?> StreamAsync(
        Feed feed, Chat chat, ModelDefinition model, IList<ChatMessage> history, CancellationTokenSource silence, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var answer = new AnswerReader(() => $"call_{Guid.CreateVersion7():N}");
        var isFirst = true;
        var room = options.MaxAnswerChars;
        var updates = model.Client.GetStreamingResponseAsync(
            history,
            new ChatOptions { Tools = tools.Declare(chat) },
            cancellationToken);
        await foreach (var update in updates.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            silence.CancelAfter(options.ModelSilence);
            foreach (var part in answer.Read(update))
            {
                if (isFirst)
                {
                    isFirst = false;
                    metrics.FirstPart(model.Name, time.GetElapsedTime(began));
                }

                if (Fit(part, room) is not { } fitting)
                {
                    room = 0;
                    break;
                }

                if (feed.AppendPart(chat.Generation, fitting) is not { } chars)
                {
                    return null;
                }

                room = Math.Max(0, options.MaxAnswerChars - chars);
            }

            if (room == 0)
            {
                break;
            }
        }

        if (feed.TryGetParts(chat.Generation) is not { } parts)
        {
            return null;
        }

        if (parts.Count == 0)
        {
            throw new ModelException("model_bad_response", "The model sent an empty answer.", retryable: true);
        }

        return new Answer(parts, room == 0 ? FinishReason.Length : answer.FinishReason, answer.Usage);
    }

    /// <summary>As much of a part as there is room for: a client that does not stream gives the whole answer as one. Null for nothing; half a tool call is none.</summary>
    private static MessagePart? Fit(MessagePart part, int room) =>
        LiveSegment.CharsOf(part) <= room ? part
        : room == 0 ? null
        : part switch
        {
            TextPart text => new TextPart(text.Text[..room]),
            ReasoningPart reasoning => new ReasoningPart(reasoning.Text[..room]),
            _ => null,
        };
}
