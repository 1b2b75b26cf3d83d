using DurableChat.Feeds;
using DurableChat.Storage;
using Microsoft.Extensions.Logging;

namespace DurableChat.AspNetCore.Streaming;

/// <summary>The loop of every stream, whatever its transport: take what is ready, send it, confirm it. Thread-safe.</summary>
internal sealed partial class EventPump(ILogger<EventPump> logger)
{
    /// <summary>
    /// How many times in a row a source may have something ready before its stream yields: the waiters of a feed are
    /// woken one after another on the same thread.
    /// </summary>
    private const int MostInARow = 4;

    /// <summary>Moves events until the source ends, the sink is complete, or the database cannot be read.</summary>
    /// <exception cref="OperationCanceledException">The client has disconnected, or the stream must end.</exception>
    public async Task<StreamEnd> RunAsync(IEventSource source, IEventSink sink, CancellationToken end)
    {
        try
        {
            var events = new List<StreamEvent>();
            var inARow = 0;
            while (!sink.IsComplete)
            {
                var next = source.NextAsync(events, end);
                inARow = next.IsCompleted ? inARow + 1 : 0;
                if (!await next)
                {
                    return StreamEnd.Gone;
                }

                await sink.SendAsync(events);
                source.ConfirmSent(events);
                if (inARow >= MostInARow)
                {
                    inARow = 0;
                    await Task.Yield();
                }
            }

            return StreamEnd.Complete;
        }
        catch (Exception exception) when (exception is ChatStoreException or TimeoutException)
        {
            LogStorageUnavailable(exception);
            return StreamEnd.StorageUnavailable;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "A stream ends because the database is not available")]
    private partial void LogStorageUnavailable(Exception exception);
}
