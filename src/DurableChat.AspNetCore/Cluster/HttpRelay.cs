using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using DurableChat.AspNetCore.Cluster;
using DurableChat.Chats;
using DurableChat.Cluster;
using DurableChat.Feeds;
using DurableChat.Relays;

namespace DurableChat.AspNetCore;

/// <summary>
/// The receiving end of relays, over HTTP/2: all chats share one connection to each replica. Thread-safe.
/// </summary>
public sealed class HttpRelay : IRelay, IDisposable
{
    private readonly HttpClient _http;
    private readonly ClusterKeys _keys;

    /// <summary>Creates a relay.</summary>
    /// <param name="secret">The cluster's secret.</param>
    public HttpRelay(string secret)
        : this(new ClusterKeys(null, [secret], TimeProvider.System))
    {
    }

    /// <summary>Creates a relay.</summary>
    /// <param name="keys">The cluster's secrets.</param>
    public HttpRelay(ClusterKeys keys)
    {
        _keys = keys;
        _http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = TimeSpan.FromSeconds(5),

            // A frozen replica keeps its connections open, so only unanswered pings reveal it.
            KeepAlivePingDelay = TimeSpan.FromSeconds(5),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(5),
        })
        {
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RelayFrame> ReadAsync(Uri address, ChatId chat, long generation, long afterSeq, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await OpenAsync(new Uri(address, string.Create(CultureInfo.InvariantCulture, $"relay/v1/chats/{chat}/parts?generation={generation}&after_seq={afterSeq}")), cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var frame in RelayFrames.ReadAsync(body, cancellationToken))
        {
            yield return frame;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> OpenAsync(Uri url, CancellationToken cancellationToken)
    {
        try
        {
            var shown = (await _keys.GetAsync(cancellationToken))[0];
            var response = await SendAsync(url, shown, cancellationToken);
            if (response.StatusCode == HttpStatusCode.Unauthorized)
            {
                // The other replica may have a newer secret than this one.
                await _keys.RefreshAsync(cancellationToken);
                if ((await _keys.GetAsync(cancellationToken))[0] is var newest && newest != shown)
                {
                    response.Dispose();
                    response = await SendAsync(url, newest, cancellationToken);
                }
            }

            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            response.Dispose();
            throw new RelayException(response.StatusCode == HttpStatusCode.Unauthorized
                ? "The replica refused the secret (401): Cluster:Secret must be the same at all replicas."
                : $"The replica answered {(int)response.StatusCode}.");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new RelayException($"The replica cannot be reached: {exception.Message}", exception);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(Uri url, string secret, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url)
        {
            Version = _http.DefaultRequestVersion,
            VersionPolicy = _http.DefaultVersionPolicy,
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }
}
