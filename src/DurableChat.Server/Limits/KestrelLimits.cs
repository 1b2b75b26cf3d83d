using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace DurableChat.Server.Limits;

/// <summary>
/// What the web server allows on each connection, before anything of ours sees a request. It answers 400, 408, 413 or
/// 431 without a body, or hangs up.
/// </summary>
internal static class KestrelLimits
{
    /// <summary>
    /// A browser has a stream for each tab and chat on its one HTTP/2 connection, so there are more than for ordinary
    /// sites.
    /// </summary>
    private const int MaxHttp2Streams = 500;

    /// <summary>
    /// How much of a body waits in memory until it is read, or is refused: the budget of bodies in flight does not
    /// see it. Kestrel's default is a megabyte for each connection.
    /// </summary>
    private const int MaxUnreadBytes = 64 * 1024;

    private static readonly TimeSpan _http2PingTime = TimeSpan.FromSeconds(30);

    public static void Apply(KestrelServerLimits kestrel, HttpLimits limits, int maxBodyBytes)
    {
        // What reads a body says so better; this is for what reads none, and for what an endpoint would forget.
        kestrel.MaxRequestBodySize = maxBodyBytes;
        kestrel.MaxRequestHeaderCount = limits.MaxHeaders;
        kestrel.MaxRequestHeadersTotalSize = limits.MaxHeaderBytes;
        kestrel.RequestHeadersTimeout = limits.HeadersTimeout;
        kestrel.KeepAliveTimeout = limits.IdleConnectionTime;
        kestrel.MinRequestBodyDataRate = limits.MinBodyBytesPerSecond == 0
            ? null
            : new MinDataRate(limits.MinBodyBytesPerSecond, limits.BodyGraceTime);

        // Connections are counted by ours: these would count WebSockets apart, and let the silent keep others out.
        kestrel.MaxConcurrentConnections = null;
        kestrel.MaxConcurrentUpgradedConnections = null;
        kestrel.MaxRequestBufferSize = Math.Max(MaxUnreadBytes, 2 * limits.MaxHeaderBytes);
        kestrel.Http2.InitialStreamWindowSize = MaxUnreadBytes;
        kestrel.Http2.InitialConnectionWindowSize = 2 * MaxUnreadBytes;
        kestrel.Http2.MaxStreamsPerConnection = MaxHttp2Streams;
        kestrel.Http2.KeepAlivePingDelay = _http2PingTime;
        kestrel.Http2.KeepAlivePingTimeout = _http2PingTime;
    }
}
