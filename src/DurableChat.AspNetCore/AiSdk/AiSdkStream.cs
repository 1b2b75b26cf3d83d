using DurableChat.AspNetCore.Streaming;
using DurableChat.AspNetCore.Wire;
using DurableChat.Feeds;
using DurableChat.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>
/// Streams a turn to a client of the AI SDK: one subscription, translated to the protocol's chunks. Thread-safe.
/// </summary>
internal sealed partial class AiSdkStream(EventStream streams, ChatService chats, StallGuard stall, Heartbeats heartbeats, ILogger<AiSdkStream> logger)
{
    /// <summary>
    /// Finds a turn and opens a stream that lasts to its end. A slot among the owner's streams is taken first, so that
    /// no command is executed whose turn could not then be followed.
    /// </summary>
    public Task<IResult> OpenAsync(HttpContext context, string owner, Func<Task<TurnOrAnswer>> find) => streams.OpenAsync(context, owner, "sse", async () =>
        await find() switch
        {
            TurnOrAnswer.Answer answer => (null, answer.Result),
            TurnOrAnswer.Turn turn when await chats.SubscribeAsync(owner, turn.Chat.Id, turn.After, context.RequestAborted) is { } subscription => (new Body(this, turn, subscription), null),
            _ => ((IStreamBody?)null, Problems.ChatNotFound()),
        });

    private async Task WriteAsync(HttpContext context, TurnOrAnswer.Turn turn, Subscription subscription, CancellationToken end)
    {
        SseStream.SetHeaders(context);
        context.Response.Headers["x-vercel-ai-ui-message-stream"] = "v1";
        var stream = new SseStream(context, stall, end);
        heartbeats.Join(stream);
        try
        {
            await WriteTurnAsync(stream, turn, subscription, end);
        }
        catch (OperationCanceledException)
        {
            // A response that ends normally means to the client that the answer has ended. A broken response can be
            // resumed.
            context.Abort();
        }
        finally
        {
            heartbeats.Leave(stream);
            await stream.CloseAsync();
        }
    }

    private async Task WriteTurnAsync(SseStream stream, TurnOrAnswer.Turn turn, Subscription subscription, CancellationToken end)
    {
        using var chunks = new UiChunkWriter();
        var translator = new TurnTranslator(turn, chunks);
        try
        {
            translator.Begin();
            await FlushAsync(stream, chunks);
            var events = new List<StreamEvent>();
            var turns = new Turns();
            while (!translator.HasEnded)
            {
                var next = subscription.NextAsync(events, end);
                turns.Count(next.IsCompleted);
                if (await next)
                {
                    translator.Translate(events);
                }
                else
                {
                    translator.Fail("The chat is gone.");
                }

                if (chunks.Written.Length > 0)
                {
                    await FlushAsync(stream, chunks);
                }

                subscription.ConfirmSent(events);
                if (turns.IsOver())
                {
                    await Task.Yield();
                }
            }
        }
        catch (Exception exception) when (exception is ChatStoreException or TimeoutException)
        {
            LogStorageUnavailable(exception);
            translator.Fail("The database is not available just now.");
            await FlushAsync(stream, chunks);
        }
    }

    private static async Task FlushAsync(SseStream stream, UiChunkWriter chunks)
    {
        await stream.WriteAsync(chunks.Written);
        chunks.Clear();
    }

    [LoggerMessage(1, LogLevel.Warning, "A stream ends because the database is not available")]
    private partial void LogStorageUnavailable(Exception exception);

    private sealed class Body(AiSdkStream stream, TurnOrAnswer.Turn turn, Subscription subscription) : IStreamBody
    {
        public Task WriteAsync(HttpContext context, CancellationToken end) => stream.WriteAsync(context, turn, subscription, end);

        public void Dispose() => subscription.Dispose();
    }
}
