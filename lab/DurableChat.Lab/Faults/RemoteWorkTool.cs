using System.Net.Http.Json;
using DurableChat.Lab.Chaos.InProcess;
using Microsoft.Extensions.AI;

namespace DurableChat.Lab.Faults;

/// <summary>
/// The tool of a server under test: it asks the mock model to work, which keeps a record of that. Thread-safe.
/// </summary>
internal sealed class RemoteWorkTool(Uri url)
{
    private static readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Makes the tool.</summary>
    public AIFunction Create() => AIFunctionFactory.Create(RunAsync, WorkTool.Name, WorkTool.Description);

    private async Task<string> RunAsync(
        string question,
        AIFunctionArguments arguments,
        CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsJsonAsync(
            url, new { key = WorkTool.KeyOf(arguments), question }, cancellationToken);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }
}
