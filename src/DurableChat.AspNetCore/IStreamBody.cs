using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore;

/// <summary>What a stream consists of. Used by one caller; dispose it to let go of what it follows.</summary>
internal interface IStreamBody : IDisposable
{
    /// <summary>Writes until there is nothing more, the client goes, or <paramref name="end"/> says so.</summary>
    Task WriteAsync(HttpContext context, CancellationToken end);
}
