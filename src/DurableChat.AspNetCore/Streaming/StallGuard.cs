using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace DurableChat.AspNetCore.Streaming;

/// <summary>
/// Waits until a client has read what is written to it, and disconnects a client that takes too long: it occupies a
/// socket, buffers and a slot among its owner's streams. Thread-safe.
/// </summary>
internal sealed partial class StallGuard(DurableChatHttpOptions options, TimeProvider time, ILogger<StallGuard> logger)
{
    private readonly MinDataRate _graceAlone = new(int.MaxValue, options.StallTimeout);

    /// <summary>Prepares the connection of a stream.</summary>
    /// <remarks>
    /// Kestrel's own limit does not suit streams: a client that once read much and quickly may then pause for a second
    /// for every 240 bytes of that. With a minimum rate that is always met, only the grace period counts, including for
    /// data that is written after the stream has ended.
    /// </remarks>
    public void Prepare(HttpContext context)
    {
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } limit)
        {
            limit.MinDataRate = _graceAlone;
        }
    }

    /// <summary>Waits for a write to complete. If it is cut off, it ends as if the client had disconnected.</summary>
    public async Task<T> WaitAsync<T>(HttpContext context, Task<T> write)
    {
        await WaitAsync(context, (Task)write);
        return await write;
    }

    /// <inheritdoc cref="WaitAsync{T}"/>
    public async Task WaitAsync(HttpContext context, Task write)
    {
        await write.WaitAsync(options.StallTimeout, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!write.IsCompleted)
        {
            LogCut(options.StallTimeout);
            context.Abort();
        }

        await write;
    }

    [LoggerMessage(1, LogLevel.Information, "A stream is cut off: its client has taken too little for {StallTimeout}")]
    private partial void LogCut(TimeSpan stallTimeout);
}
