using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;

namespace DurableChat.ScaleTest.Wire;

/// <summary>
/// The routes that the test uses, at whichever replica it names. A command that fails without an answer is sent again with the same idempotency key until it is answered, as a good
/// client does. Thread-safe.
/// </summary>
internal sealed class ChatApi : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
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
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(10),
        })
        { Timeout = Timeout.InfiniteTimeSpan };
        if (token is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    /// <summary>Creates a chat.</summary>
    /// <exception cref="CommandFailedException">It was refused.</exception>
    public async Task<CommandAck> CreateAsync(Uri replica, string content, CancellationToken cancellationToken)
    {
        using var answer = await CommandAsync(HttpMethod.Post, () => new Uri(replica, "api/v1/chats"), new { content }, cancellationToken);
        var root = answer.RootElement;
        return new CommandAck(root.GetProperty("id").GetString()!, root.GetProperty("version").GetInt64(), root.GetProperty("last_message_id").GetInt64());
    }

    /// <summary>Sends a message.</summary>
    /// <exception cref="CommandFailedException">It was refused.</exception>
    public Task<CommandAck> SendAsync(Func<Uri> replica, string chat, string content, CancellationToken cancellationToken) =>
        AckAsync(HttpMethod.Post, () => new Uri(replica(), $"api/v1/chats/{chat}/messages"), content, cancellationToken);

    /// <summary>Edits a message.</summary>
    /// <exception cref="CommandFailedException">It was refused.</exception>
    public Task<CommandAck> EditAsync(Func<Uri> replica, string chat, long message, string content, CancellationToken cancellationToken) =>
        AckAsync(HttpMethod.Patch, () => new Uri(replica(), $"api/v1/chats/{chat}/messages/{message}"), content, cancellationToken);

    /// <summary>The whole history of a chat.</summary>
    public async Task<IReadOnlyList<WireMessage>> HistoryAsync(Uri replica, string chat, CancellationToken cancellationToken)
    {
        var messages = new List<WireMessage>();
        while (true)
        {
            var after = messages.Count == 0 ? 0 : messages[^1].Id;
            using var page = await _http.GetFromJsonAsync<JsonDocument>(new Uri(replica, $"api/v1/chats/{chat}/messages?after_id={after}&limit=200"), cancellationToken);
            messages.AddRange(page!.RootElement.GetProperty("messages").EnumerateArray().Select(WireMessage.Read));
            if (!page.RootElement.GetProperty("has_more").GetBoolean())
            {
                return messages;
            }
        }
    }

    /// <summary>A chat's state as a replica tells it, in one line; or why it does not.</summary>
    public async Task<string> DescribeAsync(Uri replica, string chat, CancellationToken cancellationToken)
    {
        try
        {
            var state = await _http.GetFromJsonAsync<JsonElement>(new Uri(replica, $"api/v1/chats/{chat}"), cancellationToken);
            return $"{replica} has {state.GetProperty("status")} at version {state.GetProperty("version")}, last message {state.GetProperty("last_message_id")}";
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException)
        {
            return $"{replica} does not tell: {exception.Message}";
        }
    }

    /// <summary>The text of a replica's metrics.</summary>
    public Task<string> MetricsAsync(Uri replica, CancellationToken cancellationToken) => _http.GetStringAsync(new Uri(replica, "metrics"), cancellationToken);

    /// <summary>What the mock model has served.</summary>
    public async Task<JsonElement> MockStatisticsAsync(Uri mock, CancellationToken cancellationToken) =>
        await _http.GetFromJsonAsync<JsonElement>(new Uri(mock, "stats"), cancellationToken);

    /// <summary>Opens a stream.</summary>
    /// <param name="replica">At which replica.</param>
    /// <param name="chat">Of which chat.</param>
    /// <param name="transport">How.</param>
    /// <param name="position">The position to resume from; null to begin.</param>
    /// <param name="after">Without a position: the message to begin after.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="HttpRequestException">It was refused, or nobody is there.</exception>
    public async Task<IWireStream> OpenAsync(Uri replica, string chat, Transport transport, string? position, long after, CancellationToken cancellationToken)
    {
        var query = position is not null ? $"?last_event_id={position}" : after > 0 ? $"?after_id={after}" : "";
        var url = new Uri(replica, $"api/v1/chats/{chat}/stream{query}");
        return transport == Transport.Sse ? await OpenSseAsync(url, cancellationToken) : await OpenWebSocketAsync(url, cancellationToken);
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

            await socket.ConnectAsync(new UriBuilder(url) { Scheme = url.Scheme == Uri.UriSchemeHttps ? "wss" : "ws" }.Uri, cancellationToken);
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

    private async Task<CommandAck> AckAsync(HttpMethod method, Func<Uri> url, string content, CancellationToken cancellationToken)
    {
        using var answer = await CommandAsync(method, url, new { content }, cancellationToken);
        var root = answer.RootElement;
        return new CommandAck(root.GetProperty("chat_id").GetString()!, root.GetProperty("version").GetInt64(), root.TryGetProperty("message_id", out var id) ? id.GetInt64() : 0);
    }

    private async Task<JsonDocument> CommandAsync(HttpMethod method, Func<Uri> url, object body, CancellationToken cancellationToken)
    {
        var key = Guid.NewGuid().ToString();
        var started = _time.GetTimestamp();
        while (true)
        {
            string problem;
            try
            {
                using var request = new HttpRequestMessage(method, url()) { Content = JsonContent.Create(body) };
                request.Headers.Add("Idempotency-Key", key);
                using var response = await _http.SendAsync(request, cancellationToken);
                if (response.IsSuccessStatusCode)
                {
                    return (await response.Content.ReadFromJsonAsync<JsonDocument>(cancellationToken))!;
                }

                problem = $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}";
                if (response.StatusCode < HttpStatusCode.InternalServerError && response.StatusCode != HttpStatusCode.TooManyRequests)
                {
                    throw new CommandFailedException(problem);
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                problem = exception.Message;
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
