using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace DurableChat.Server.Clients;

/// <summary>Sends requests to one server, and repeats those that were not answered. Thread-safe.</summary>
internal sealed class ChatHttp : IDisposable
{
    /// <summary>For how long a request is repeated.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan _attempt = TimeSpan.FromSeconds(20);

    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    public ChatHttp(ClientSettings settings, TimeProvider time)
    {
        _time = time;
        _http = new HttpClient { BaseAddress = new Uri(settings.Url, "api/v1/"), Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("durablechat", null));
        if (settings.Token is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", settings.Token);
        }
    }

    /// <summary>Reads something.</summary>
    public Task<T> GetAsync<T>(string path, CancellationToken cancellationToken) => CallAsync<T>(HttpMethod.Get, path, null, cancellationToken);

    /// <summary>Does something once, however often the request has to be sent.</summary>
    public Task<T> PostAsync<T>(string path, object? body, CancellationToken cancellationToken) => CallAsync<T>(HttpMethod.Post, path, body, cancellationToken);

    /// <summary>Opens a response without reading it; tries once.</summary>
    /// <exception cref="ChatApiException">There is none, or it is not the one that was asked for.</exception>
    public async Task<HttpResponseMessage> OpenAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_attempt, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
        }
        catch (Exception exception) when (IsLost(exception) && !cancellationToken.IsCancellationRequested)
        {
            throw NotReached(exception);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await RefusalAsync(response, either.Token);
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>True for what is thrown if a connection breaks, cannot be made, or is silent.</summary>
    internal static bool IsLost(Exception exception) => exception is HttpRequestException or IOException or TimeoutException or OperationCanceledException;

    private async Task<T> CallAsync<T>(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        var key = Guid.NewGuid().ToString("N");
        var json = body is null ? null : JsonSerializer.Serialize(body, ClientJson.Compact);
        var begun = _time.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var request = new HttpRequestMessage(method, path);
                if (method == HttpMethod.Post)
                {
                    request.Headers.Add("Idempotency-Key", key);
                    request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
                }

                return await ReadAsync<T>(request, cancellationToken);
            }
            catch (ChatApiException exception) when (exception.IsRetryable)
            {
                var delay = Backoff.Delay(attempt, exception.Wait);
                if (_time.GetElapsedTime(begun) + delay > Patience)
                {
                    throw;
                }

                await Task.Delay(delay, _time, cancellationToken);
            }
        }
    }

    private async Task<T> ReadAsync<T>(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_attempt, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var response = await OpenAsync(request, cancellationToken);
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(ClientJson.Compact, either.Token) ?? throw NotUnderstood(null);
        }
        catch (JsonException exception)
        {
            throw NotUnderstood(exception);
        }
        catch (Exception exception) when (IsLost(exception) && !cancellationToken.IsCancellationRequested)
        {
            throw NotReached(exception);
        }
    }

    private async Task<ChatApiException> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var wait = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } when date > _time.GetUtcNow() => date - _time.GetUtcNow(),
            _ => TimeSpan.Zero,
        };
        try
        {
            if (await response.Content.ReadFromJsonAsync<Problem>(ClientJson.Compact, cancellationToken) is { Code: { } code } problem)
            {
                return new ChatApiException(code, problem.Detail ?? problem.Title ?? code, problem.Retryable, wait);
            }
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException || IsLost(exception))
        {
            // It comes from something in between.
        }

        var isAway = response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.BadGateway;
        return new ChatApiException(ChatApiException.Unreachable, $"{_http.BaseAddress} answered with {(int)response.StatusCode} {response.ReasonPhrase}.", isAway, wait);
    }

    private ChatApiException NotReached(Exception exception) =>
        new(ChatApiException.Unreachable, $"{_http.BaseAddress} cannot be reached: {(exception is OperationCanceledException ? "it does not answer." : exception.Message)}", isRetryable: true);

    private ChatApiException NotUnderstood(JsonException? exception) =>
        new(ChatApiException.Unreachable, $"{_http.BaseAddress} gave an answer that cannot be understood: {exception?.Message ?? "null"}", isRetryable: false);

    private sealed record Problem(string? Code = null, string? Title = null, string? Detail = null, bool Retryable = false);
}
