using DurableChat.AspNetCore.Streaming;
using DurableChat.AspNetCore.Wire;
using DurableChat.Feeds;
using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>
/// Streams a turn to a client of the AI SDK: one subscription, translated to the protocol's chunks. Thread-safe.
/// </summary>
internal sealed class AiSdkStream(EventStream streams, ChatService chats, EventPump pump, StallGuard stall, Heartbeats heartbeats)
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
        var sink = new TurnSink(stream, new TurnTranslator(turn, chunks), chunks);
        await sink.BeginAsync();
        switch (await pump.RunAsync(subscription, sink, end))
        {
            case StreamEnd.Gone:
                await sink.FailAsync("The chat is gone.");
                break;
            case StreamEnd.StorageUnavailable:
                await sink.FailAsync("The database is not available just now.");
                break;
        }
    }

    private sealed class Body(AiSdkStream stream, TurnOrAnswer.Turn turn, Subscription subscription) : IStreamBody
    {
        public Task WriteAsync(HttpContext context, CancellationToken end) => stream.WriteAsync(context, turn, subscription, end);

        public void Dispose() => subscription.Dispose();
    }
}
