using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace DurableChat.Client.Calls;

/// <summary>Sends requests, and retries them where that may help. Thread-safe.</summary>
internal sealed class Api
{
    private readonly HttpClient _http;
    private readonly Uri _root;

    public Api(HttpClient http, DurableChatClientOptions options)
    {
        _http = http;
        Options = options;
        var root = http.BaseAddress ?? throw new ArgumentException(
            "The HttpClient needs a BaseAddress: where the server's endpoints are, e.g. http://127.0.0.1:8080/api/v1.",
            nameof(http));
        _root = root.AbsoluteUri.EndsWith('/') ? root : new Uri($"{root.AbsoluteUri}/");
    }

    public DurableChatClientOptions Options { get; }

    /// <summary>Sends a request and reads the response.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path below the prefix.</param>
    /// <param name="body">Creates the body, once for each attempt. Null for none.</param>
    /// <param name="key">The idempotency key of a write. Null if a repetition is harmless anyway.</param>
    /// <param name="answer">How to read the response.</param>
    /// <param name="cancellationToken">Cancels the call. A request that was sent may still have an effect.</param>
    /// <exception cref="DurableChatException">The server refused, or its response cannot be read.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached or does not respond.</exception>
    public async Task<T> CallAsync<T>(
        HttpMethod method,
        string path,
        Func<HttpContent>? body,
        string? key,
        JsonTypeInfo<T> answer,
        CancellationToken cancellationToken)
    {
        using var response = await SendAsync(method, path, body, key, cancellationToken).ConfigureAwait(false);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await JsonSerializer.DeserializeAsync(stream, answer, cancellationToken).ConfigureAwait(false)
                ?? throw new DurableChatException("bad_response", "The server's answer is empty.");
        }
        catch (JsonException exception)
        {
            throw new DurableChatException("bad_response", "The server's answer cannot be read.", exception);
        }
    }

    /// <summary>Deletes. False if there is nothing to delete.</summary>
    public async Task<bool> DeleteAsync(string path, CancellationToken cancellationToken)
    {
        var attempts = 0;
        try
        {
            using var response = await SendAsync(
                HttpMethod.Delete, path, null, null, cancellationToken, () => attempts++).ConfigureAwait(false);
            return true;
        }
        catch (DurableChatException exception) when (exception.Status == HttpStatusCode.NotFound)
        {
            // An attempt whose response was lost may have deleted it.
            return attempts > 1;
        }
    }

    /// <summary>Makes one attempt. Returns any response of the server once its headers have been read.</summary>
    public async Task<HttpResponseMessage> TryAsync(
        HttpMethod method,
        string path,
        Action<HttpRequestMessage>? prepare,
        CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(_root, path));
        if (Options.GetToken is { } getToken
            && await getToken(cancellationToken).ConfigureAwait(false) is { Length: > 0 } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        prepare?.Invoke(request);
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Reads the error from a refusal.</summary>
    public static async Task<DurableChatException> ReadProblemAsync(
        HttpResponseMessage response,
        CancellationToken cancellationToken)
    {
        ProblemBody? problem = null;
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            problem = await JsonSerializer.DeserializeAsync(stream, ClientJson.Default.ProblemBody, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is JsonException or HttpRequestException or IOException)
        {
            // A proxy sends its own error format, and a broken connection sends none. The status must be enough.
        }

        return new DurableChatException(
            problem?.Code ?? $"http_{(int)response.StatusCode}",
            problem?.Detail ?? problem?.Title ?? $"The server answered {(int)response.StatusCode}.")
        {
            Status = response.StatusCode,
            Field = problem?.Field,
            IsRetryable = problem?.Retryable ?? Passes(response.StatusCode),
        };
    }

    /// <summary>True for a status after which the same request may soon succeed.</summary>
    public static bool Passes(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
            or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    /// <summary>
    /// True for exceptions of a broken network. A timeout of the <see cref="HttpClient"/> is a cancellation that the
    /// caller did not request.
    /// </summary>
    public static bool IsBroken(Exception exception, CancellationToken cancellationToken) =>
        exception is HttpRequestException or IOException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        Func<HttpContent>? body,
        string? key,
        CancellationToken cancellationToken,
        Action? onAttempt = null)
    {
        var begun = Options.TimeProvider.GetTimestamp();
        for (var failures = 1; ; failures++)
        {
            onAttempt?.Invoke();
            Exception failure;
            TimeSpan? retryAfter = null;
            try
            {
                var response = await TryWholeAsync(method, path, Prepare, cancellationToken).ConfigureAwait(false);
                if (response.IsSuccessStatusCode)
                {
                    return response;
                }

                using (response)
                {
                    failure = await ReadProblemAsync(response, cancellationToken).ConfigureAwait(false);
                    if (!Passes(response.StatusCode))
                    {
                        throw failure;
                    }

                    retryAfter = Backoff.Read(response.Headers.RetryAfter, Options.TimeProvider.GetUtcNow());
                }
            }
            catch (Exception exception) when (IsBroken(exception, cancellationToken))
            {
                // The request may have been processed. Its idempotency key, or its nature, makes the repetition
                // harmless.
                failure = ToUnreached(exception);
            }

            var pause = Backoff.Delay(Options, failures, retryAfter, Random.Shared.NextDouble());
            if (failures >= Options.MaxAttempts
                || Options.TimeProvider.GetElapsedTime(begun) + pause > Options.MaxRetryTime)
            {
                throw failure;
            }

            await Task.Delay(pause, Options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }

        void Prepare(HttpRequestMessage request)
        {
            request.Content = body?.Invoke();
            if (key is not null)
            {
                request.Headers.Add("Idempotency-Key", key);
            }
        }
    }

    /// <summary>
    /// Makes one attempt and reads the whole response. The <see cref="HttpClient"/>'s own timeout ends with the
    /// headers, but a server can stall after them.
    /// </summary>
    private async Task<HttpResponseMessage> TryWholeAsync(
        HttpMethod method,
        string path,
        Action<HttpRequestMessage> prepare,
        CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_http.Timeout, Options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var response = await TryAsync(method, path, prepare, either.Token).ConfigureAwait(false);
        try
        {
            await response.Content.LoadIntoBufferAsync(either.Token).ConfigureAwait(false);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private static HttpRequestException ToUnreached(Exception exception) => exception switch
    {
        HttpRequestException unreached => unreached,
        OperationCanceledException => new HttpRequestException("The server does not answer.", exception),
        _ => new HttpRequestException(exception.Message, exception),
    };
}
