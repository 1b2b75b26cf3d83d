using DurableChat.AspNetCore.Streaming;
using DurableChat.Feeds;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>Sends a turn as chunks of the AI SDK, until the turn has ended. Used by one caller at a time.</summary>
internal sealed class TurnSink(SseStream stream, TurnTranslator translator, UiChunkWriter chunks) : IEventSink
{
    /// <inheritdoc/>
    public bool IsComplete => translator.HasEnded;

    /// <summary>Sends what comes before the first event.</summary>
    public Task BeginAsync()
    {
        translator.Begin();
        return FlushAsync();
    }

    /// <inheritdoc/>
    public ValueTask SendAsync(List<StreamEvent> events)
    {
        translator.Translate(events);
        return chunks.Written.Length > 0 ? new ValueTask(FlushAsync()) : ValueTask.CompletedTask;
    }

    /// <summary>Ends the turn with an error.</summary>
    public Task FailAsync(string message)
    {
        translator.Fail(message);
        return FlushAsync();
    }

    private async Task FlushAsync()
    {
        await stream.WriteAsync(chunks.Written);
        chunks.Clear();
    }
}
