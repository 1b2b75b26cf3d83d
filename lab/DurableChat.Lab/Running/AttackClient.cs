using System.Net.Http.Headers;
using System.Text.Json;

namespace DurableChat.Lab.Running;

/// <summary>
/// Sends requests that were made before, and counts statuses and codes. An error of the server that is not a clear
/// refusal is a finding. Thread-safe.
/// </summary>
internal sealed class AttackClient(Arena arena) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        MaxConnectionsPerServer = int.MaxValue,
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
    })
    { Timeout = TimeSpan.FromMinutes(1) };

    /// <summary>Sends one; gives its status, 0 if the connection broke off.</summary>
    public async Task<int> SendAsync(
        string? token,
        HttpMethod method,
        string path,
        byte[]? json,
        CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(arena.Url, path));
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        request.Content = json is null
            ? null
            : new ByteArrayContent(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        try
        {
            using var response = await _http.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var status = (int)response.StatusCode;
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            var code = response.IsSuccessStatusCode ? "served" : CodeOf(text);
            arena.Tally.Add(response.IsSuccessStatusCode ? code : $"{status} {code}");
            arena.Expect(status is < 500 or 503, $"{method} {path.Split('?')[0]} was answered with {status}.");
            arena.Expect(status is not (429 or 503) || code.Length > 0, $"A refusal with {status} has no code.");
            return status;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            arena.Tally.Add("cut off");
            return 0;
        }
    }

    /// <summary>Runs steps side by side for a time.</summary>
    public static async Task RepeatAsync(
        int workers,
        TimeSpan howLong,
        Func<int, CancellationToken, Task> stepAsync,
        CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, workers).Select(async worker =>
        {
            while (TimeProvider.System.GetElapsedTime(began) < howLong)
            {
                await stepAsync(worker, cancellationToken);
            }
        }));
    }

    public void Dispose() => _http.Dispose();

    private static string CodeOf(string problem)
    {
        try
        {
            using var json = JsonDocument.Parse(problem);
            return json.RootElement.TryGetProperty("code", out var code) ? code.GetString() ?? "" : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }
}
