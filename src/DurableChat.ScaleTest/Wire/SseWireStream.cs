using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;

namespace DurableChat.ScaleTest.Wire;

/// <summary>Events as Server-Sent Events.</summary>
internal sealed class SseWireStream(HttpResponseMessage response, Stream body) : IWireStream
{
    public async IAsyncEnumerable<WireEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var parser = SseParser.Create(body, WireEvent.Read);
        await foreach (var item in parser.EnumerateAsync(cancellationToken))
        {
            // A browser goes by the id alone: one that the event does not have as its position moves it elsewhere.
            yield return item.Data.Malformed is null && item.EventId != item.Data.PositionText
                ? item.Data with
                {
                    Malformed = $"The event's id is '{item.EventId}', its position '{item.Data.PositionText}'.",
                }
                : item.Data;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await body.DisposeAsync();
        response.Dispose();
    }
}
