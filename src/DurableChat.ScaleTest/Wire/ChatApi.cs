using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using DurableChat.ScaleTest.Mock;

namespace DurableChat.ScaleTest.Wire;

/// <summary>
/// The routes that the test uses, at whichever replica it names. A command that fails without an answer is sent again
/// with the same idempotency key until it is answered, as a good
/// client does. Thread-safe.
/// </summary>
internal sealed class ChatApi : IDisposable
{
    private const int MaxShown = 500;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _readPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(200);
    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly string? _token;

    public ChatApi(string? token, TimeProvider time)
    {
        _token = token;
        _time = time;
        _http = new HttpClient(new SocketsHttpHandler
        {
            MaxConnectionsPerServer = int.MaxValue,
            UseProxy = false,
            UseCookies = false,

            // A redirected POST would come as a GET.
            AllowAutoRedirect = false,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(10),
        })
        { Timeout = Timeout.InfiniteTimeSpan };
        if (token is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    /// <summary>The operator's token; null if none is needed.</summary>
    public string? Token => _token;

    /// <summary>Creates a chat.</summary>
    /// <exception cref="CommandFailedException">It was refused.</exception>
    public Task<CommandAck> CreateAsync(Func<Uri> replica, string content, CancellationToken cancellationToken) =>
        CommandAsync(
            HttpMethod.Post,
            () => new Uri(replica(), "api/v1/chats"),
            content,
            root => new CommandAck(
                root.GetProperty("id").GetString()!,
                root.GetProperty("version").GetInt64(),
                root.GetProperty("last_message_id").GetInt64()),
            cancellationToken);

    /// <summary>Sends a message.</summary>
    /// <exception cref="CommandFailedException">It was refused.</exception>
    public Task<CommandAck> SendAsync(
        Func<Uri> replica,
        string chat,
        string content,
        CancellationToken cancellationToken) =>
        AckAsync(
            HttpMethod.Post, () => new Uri(replica(), $"api/v1/chats/{chat}/messages"), content, cancellationToken);

    /// <summary>Edits a message.</summary>
    /// <exception cref="CommandFailedException">It was refused.</exception>
    public Task<CommandAck> EditAsync(
        Func<Uri> replica,
        string chat,
        long message,
        string content,
        CancellationToken cancellationToken) =>
        AckAsync(
            HttpMethod.Patch,
            () => new Uri(replica(), $"api/v1/chats/{chat}/messages/{message}"),
            content,
            cancellationToken);

    /// <summary>The whole history of a chat.</summary>
    /// <exception cref="HttpRequestException">It cannot be read.</exception>
    public async Task<IReadOnlyList<WireMessage>> HistoryAsync(
        Uri replica,
        string chat,
        CancellationToken cancellationToken)
    {
        var messages = new List<WireMessage>();
        while (true)
        {
            var after = messages.Count == 0 ? 0 : messages[^1].Id;
            using var page = Parse(await GetAsync(
                new Uri(replica, $"api/v1/chats/{chat}/messages?after_id={after}&limit=200"), cancellationToken));
            messages.AddRange(page.RootElement.GetProperty("messages").EnumerateArray().Select(WireMessage.Read));
            if (!page.RootElement.GetProperty("has_more").GetBoolean())
            {
                return messages;
            }
        }
    }

    /// <summary>Reads one page of a chat's history; gives how many messages it has.</summary>
    /// <exception cref="HttpRequestException">It cannot be read.</exception>
    public async Task<int> PageAsync(
        Uri replica,
        string chat,
        long after,
        int limit,
        CancellationToken cancellationToken)
    {
        using var page = Parse(await GetAsync(
            new Uri(replica, $"api/v1/chats/{chat}/messages?after_id={after}&limit={limit}"), cancellationToken));
        return page.RootElement.GetProperty("messages").GetArrayLength();
    }

    /// <summary>A chat's state as a replica tells it, in one line; or why it does not.</summary>
    public async Task<string> DescribeAsync(Uri replica, string chat, CancellationToken cancellationToken)
    {
        try
        {
            var state = await _http.GetFromJsonAsync<JsonElement>(
                new Uri(replica, $"api/v1/chats/{chat}"), cancellationToken);
            return $"{replica} has {state.GetProperty("status")} at version {state.GetProperty("version")}, last "
                + $"message {state.GetProperty("last_message_id")}";
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException)
        {
            return $"{replica} does not tell: {exception.Message}";
        }
    }

    /// <summary>The text of a replica's metrics.</summary>
    /// <exception cref="HttpRequestException">They cannot be read.</exception>
    public async Task<string> MetricsAsync(Uri replica, CancellationToken cancellationToken)
    {
        try
        {
            return await GetAsync(new Uri(replica, "metrics"), cancellationToken);
        }
        catch (HttpRequestException exception) when (exception.StatusCode is HttpStatusCode.Unauthorized
            or HttpStatusCode.Forbidden)
        {
            throw new HttpRequestException(
                $"{exception.Message} The metrics need an operator's token: give it with --token or in "
                    + "DURABLECHAT_TOKEN.",
                exception,
                exception.StatusCode);
        }
    }

    /// <summary>What the mock model has served.</summary>
    /// <exception cref="HttpRequestException">It cannot be read.</exception>
    public async Task<JsonElement> MockStatisticsAsync(Uri mock, CancellationToken cancellationToken)
    {
        using var read = Parse(await GetAsync(new Uri(mock, "stats"), cancellationToken));
        return read.RootElement.Clone();
    }

    /// <summary>
    /// What each replica asked of the mock model and its tool, with times in seconds after <paramref name="origin"/>.
    /// </summary>
    /// <exception cref="HttpRequestException">It cannot be read.</exception>
    public async Task<IReadOnlyList<WorkRecord>> MockWorkAsync(
        Uri mock,
        DateTimeOffset origin,
        CancellationToken cancellationToken)
    {
        var since = (origin - DateTimeOffset.UnixEpoch).TotalSeconds;
        using var read = Parse(await GetAsync(new Uri(mock, "work"), cancellationToken));
        return
        [
            .. read.Deserialize<WorkRecord[]>(MockServer.Json)!.Select(record => record with
            {
                Began = record.Began - since,
                LastSeen = record.LastSeen - since,
                Ended = record.Ended - since,
            }),
        ];
    }

    /// <summary>Opens a stream.</summary>
    /// <param name="replica">At which replica.</param>
    /// <param name="chat">Of which chat.</param>
    /// <param name="transport">How.</param>
    /// <param name="position">The position to resume from; null to begin.</param>
    /// <param name="after">Without a position: the message to begin after.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="HttpRequestException">It was refused, or nobody is there.</exception>
    public async Task<IWireStream> OpenAsync(
        Uri replica,
        string chat,
        Transport transport,
        string? position,
        long after,
        CancellationToken cancellationToken)
    {
        var query = position is not null ? $"?last_event_id={position}" : after > 0 ? $"?after_id={after}" : "";
        var url = new Uri(replica, $"api/v1/chats/{chat}/stream{query}");
        return transport == Transport.Sse
            ? await OpenSseAsync(url, cancellationToken)
            : await OpenWebSocketAsync(url, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private async Task<IWireStream> OpenSseAsync(Uri url, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Accept.ParseAdd("text/event-stream");
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        try
        {
            response.EnsureSuccessStatusCode();
            return new SseWireStream(response, await response.Content.ReadAsStreamAsync(cancellationToken));
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private async Task<IWireStream> OpenWebSocketAsync(Uri url, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            if (_token is not null)
            {
                socket.Options.SetRequestHeader("Authorization", $"Bearer {_token}");
            }

            await socket.ConnectAsync(
                new UriBuilder(url) { Scheme = url.Scheme == Uri.UriSchemeHttps ? "wss" : "ws" }.Uri,
                cancellationToken);
            return new WebSocketWireStream(socket);
        }
        catch (Exception exception)
        {
            socket.Dispose();
            if (exception is WebSocketException)
            {
                throw new HttpRequestException(exception.Message, exception);
            }

            throw;
        }
    }

    /// <summary>Reads a text. A server that says nothing must not hold the test up for ever.</summary>
    private async Task<string> GetAsync(Uri url, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(_readPatience, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var response = await _http.GetAsync(url, both.Token);
            return response.IsSuccessStatusCode
                ? await response.Content.ReadAsStringAsync(both.Token)
                : throw new HttpRequestException(
                    $"{url} answers with {(int)response.StatusCode}.", null, response.StatusCode);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException($"{url} gave no answer for {_readPatience.TotalSeconds:0} s.");
        }
    }

    private static JsonDocument Parse(string text)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException exception)
        {
            throw new HttpRequestException($"The answer is no JSON: {exception.Message}", exception);
        }
    }

    private Task<CommandAck> AckAsync(
        HttpMethod method,
        Func<Uri> url,
        string content,
        CancellationToken cancellationToken) => CommandAsync(
        method,
        url,
        content,
        root => new CommandAck(
            root.GetProperty("chat_id").GetString()!,
            root.GetProperty("version").GetInt64(),
            root.TryGetProperty("message_id", out var id) ? id.GetInt64() : 0),
        cancellationToken);

    private async Task<CommandAck> CommandAsync(
        HttpMethod method,
        Func<Uri> url,
        string content,
        Func<JsonElement, CommandAck> read,
        CancellationToken cancellationToken)
    {
        var key = Guid.NewGuid().ToString();
        var started = _time.GetTimestamp();
        while (true)
        {
            string problem;
            using var patience = new CancellationTokenSource(_patience, _time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
            try
            {
                using var request = new HttpRequestMessage(method, url())
                {
                    Content = JsonContent.Create(new { content }),
                };
                request.Headers.Add("Idempotency-Key", key);
                using var response = await _http.SendAsync(request, both.Token);
                var answer = await response.Content.ReadAsStringAsync(both.Token);
                if (response.IsSuccessStatusCode)
                {
                    using var json = JsonDocument.Parse(answer);
                    return read(json.RootElement);
                }

                problem =
                    $"{method} {request.RequestUri} was refused: {(int)response.StatusCode} "
                        + $"{answer[..Math.Min(answer.Length, MaxShown)]}";
                if (response.StatusCode < HttpStatusCode.InternalServerError
                    && response.StatusCode != HttpStatusCode.TooManyRequests)
                {
                    throw new CommandFailedException(problem);
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                problem = exception.Message;
            }
            catch (Exception exception) when (exception is JsonException or KeyNotFoundException
                or InvalidOperationException or FormatException)
            {
                throw new CommandFailedException(
                    $"The answer to {method} {url()} is not that of a DurableChat server: {exception.Message}");
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                problem = "the server is silent";
            }

            if (_time.GetElapsedTime(started) > _patience)
            {
                throw new CommandFailedException($"No answer for {_patience.TotalSeconds:0} s: {problem}");
            }

            await Task.Delay(_pause, _time, cancellationToken);
        }
    }
}

/// <summary>What the server said to a command.</summary>
/// <param name="Chat">The chat's id.</param>
/// <param name="Version">The version that the command made.</param>
/// <param name="MessageId">The message it appended; 0 if it waits in the queue.</param>
internal sealed record CommandAck(string Chat, long Version, long MessageId);
