using System.Net.Http.Json;
using System.Text.Json;

namespace DurableChat.Lab.Chaos.Worlds;

/// <summary>Gives commands over HTTP, each once. Thread-safe.</summary>
internal sealed class ChaosHttp : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        MaxConnectionsPerServer = int.MaxValue,
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Brings a command to a replica.</summary>
    /// <exception cref="HttpRequestException">No answer came.</exception>
    public async Task<ActionReply> ActAsync(
        Uri replica,
        ChaosAction action,
        string? key,
        CancellationToken cancellationToken)
    {
        using var request = Request(replica, action);
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        using var response = await _http.SendAsync(request, cancellationToken);
        return ActionReply.Read(
            action.Kind, (int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
    }

    /// <summary>Reads a chat's state.</summary>
    /// <exception cref="HttpRequestException">No answer came, or another than the state.</exception>
    public async Task<ChatView> ReadAsync(Uri replica, string chat, CancellationToken cancellationToken) =>
        ChatView.Read(await _http.GetStringAsync(new Uri(replica, $"api/v1/chats/{chat}"), cancellationToken));

    /// <summary>Reads what the owner has spent.</summary>
    /// <exception cref="HttpRequestException">No answer came, or another than the usage.</exception>
    public async Task<Cost> ReadUsageAsync(Uri replica, CancellationToken cancellationToken)
    {
        var json = await _http.GetStringAsync(new Uri(replica, "api/v1/usage"), cancellationToken);
        using var read = JsonDocument.Parse(json);
        return Cost.Sum(read.RootElement.GetProperty("usage").EnumerateArray().Select(Cost.ReadTokens));
    }

    /// <summary>False if it is a server of a version that counts no usage.</summary>
    /// <exception cref="HttpRequestException">No answer came.</exception>
    public async Task<bool> CountsUsageAsync(Uri replica, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(new Uri(replica, "api/v1/usage"), cancellationToken);
        return response.IsSuccessStatusCode;
    }

    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage Request(Uri replica, ChaosAction action)
    {
        var chat = $"api/v1/chats/{action.Chat}";
        var (method, path, body) = action.Kind switch
        {
            ActionKind.Create => (HttpMethod.Post, "api/v1/chats", Creation(action)),
            ActionKind.Send => (
                HttpMethod.Post,
                $"{chat}/messages",
                new { content = action.Content, busy_behavior = action.Flag ? "interrupt" : "queue" }),
            ActionKind.Edit => (HttpMethod.Patch, $"{chat}/messages/{action.Target}", new { content = action.Content }),
            ActionKind.Interrupt => (HttpMethod.Post, $"{chat}/interrupt", (object?)null),
            ActionKind.DeleteQueued => (HttpMethod.Delete, $"{chat}/queue/{action.Target}", null),
            ActionKind.Promote => (HttpMethod.Post, $"{chat}/queue/{action.Target}/promote", null),
            ActionKind.Archive => (HttpMethod.Patch, chat, new { archived = action.Flag }),
            _ => (HttpMethod.Post, $"{chat}/tool-results", new
            {
                results = action.Calls.Select(call => new { call_id = call, result = "done", is_error = false }),
            }),
        };
        return new HttpRequestMessage(method, new Uri(replica, path))
        {
            Content = body is null ? null : JsonContent.Create(body),
        };
    }

    private static object Creation(ChaosAction action) => action.HasTools
        ? new
        {
            content = action.Content,
            client_tools = new[]
        {
            new { name = "ask_user", description = "Asks the user.", parameters = new { type = "object" } },
        }
        }
        : new { content = action.Content };
}
