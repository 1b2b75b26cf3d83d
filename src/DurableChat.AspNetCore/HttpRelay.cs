using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Relays;

namespace DurableChat.AspNetCore;

/// <summary>The receiving end of relays over HTTP/2: all chats share one connection to each replica. Thread-safe.</summary>
public sealed class HttpRelay : IRelay, IDisposable
{
    private readonly HttpClient _http;

    /// <summary>Makes it.</summary>
    /// <param name="secret">The cluster's secret.</param>
    public HttpRelay(string secret)
    {
        _http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = TimeSpan.FromSeconds(5),

            // A replica that is frozen keeps its connections open; only unanswered pings tell.
            KeepAlivePingDelay = TimeSpan.FromSeconds(5),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(5),
        })
        {
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
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
            var response = await _http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
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
}
