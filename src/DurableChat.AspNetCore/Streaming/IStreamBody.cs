using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore.Streaming;

/// <summary>The content of a stream. Used by one caller at a time. Disposing releases the source.</summary>
internal interface IStreamBody : IDisposable
{
    /// <summary>Writes until the source ends, the client disconnects, or <paramref name="end"/> is cancelled.</summary>
    Task WriteAsync(HttpContext context, CancellationToken end);
}
