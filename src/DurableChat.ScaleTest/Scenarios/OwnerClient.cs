using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace DurableChat.ScaleTest.Scenarios;

/// <summary>Sends requests of many owners, each once. Thread-safe.</summary>
internal sealed class OwnerClient(Func<Uri> replica, TimeProvider time) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        MaxConnectionsPerServer = int.MaxValue,
        UseProxy = false,
        UseCookies = false,
    })
    { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Sends a request.</summary>
    /// <param name="token">The owner's token.</param>
    /// <param name="method">The method.</param>
    /// <param name="path">The path below the API's.</param>
    /// <param name="body">What is sent, as JSON; bytes are JSON already; null for nothing.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The status, 0 if no answer came; the answer, if it is a success; how long it took.</returns>
    public async Task<(int Status, JsonElement Answer, TimeSpan Elapsed)> SendAsync(
        string token,
        HttpMethod method,
        string path,
        object? body,
        CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(replica(), $"api/v1/{path}"))
        {
            Content = ContentOf(body),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var began = time.GetTimestamp();
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            var answer = await response.Content.ReadAsStringAsync(cancellationToken);
            var elapsed = time.GetElapsedTime(began);
            return ((int)response.StatusCode, response.IsSuccessStatusCode ? Parse(answer) : default, elapsed);
        }
        catch (Exception exception) when (exception is HttpRequestException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return (0, default, time.GetElapsedTime(began));
        }
    }

    public void Dispose() => _http.Dispose();

    private static HttpContent? ContentOf(object? body) => body switch
    {
        null => null,
        byte[] json =>
            new ByteArrayContent(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        _ => JsonContent.Create(body),
    };

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
