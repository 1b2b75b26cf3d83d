using System.Net.Http.Json;
using System.Text.Json;
using DurableChat.Integration.Tests;
using DurableChat.ScaleTest.Running;
using Xunit;

namespace DurableChat.Browser.Tests.Support;

/// <summary>Two servers as processes of their own on one PostgreSQL, for the tests of one class.</summary>
public sealed class TwoReplicas : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<ReplicaProcess> _replicas = [];
    private PostgresProcess? _postgres;

    public HttpClient Http { get; } = new();

    internal ReplicaProcess First => _replicas[0];

    internal ReplicaProcess Second => _replicas[1];

    public async ValueTask InitializeAsync()
    {
        _postgres = await PostgresProcess.StartAsync(isDurable: false, CancellationToken.None);
        var settings = new Dictionary<string, string>
        {
            ["Models__0__Name"] = "demo",
            ["Models__0__Provider"] = "demo",
            ["Models__0__DelayMs"] = "5",
            ["Models__1__Name"] = "slow",
            ["Models__1__Provider"] = "demo",
            ["Models__1__DelayMs"] = "40",
            ["DurableChat__Worker__HeartbeatInterval"] = "00:00:01",
            ["DurableChat__Worker__LeaseDuration"] = "00:00:05",
            ["DurableChat__Worker__ReconcileInterval"] = "00:00:01",
        };
        foreach (var name in new[] { "first", "second" })
        {
            _replicas.Add(new ReplicaProcess(name, ["--store", _postgres.ConnectionString], settings, _folder.Path));
            await _replicas[^1].StartAsync(CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }

        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }

        _folder.Dispose();
    }

    internal async Task<string> CreateAsync(ReplicaProcess replica, string content, string model = "demo")
    {
        using var response = await Http.PostAsJsonAsync(new Uri(replica.Url, "api/v1/chats"), new { content, model });
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    internal Task<JsonElement> GetAsync(ReplicaProcess replica, string path) => Http.GetFromJsonAsync<JsonElement>(new Uri(replica.Url, $"api/v1/{path}"));

    /// <summary>The texts of a chat's messages as the store has them.</summary>
    internal async Task<string[]> ReadAsync(ReplicaProcess replica, string chat) =>
    [
        .. (await GetAsync(replica, $"chats/{chat}/messages?limit=500")).GetProperty("messages").EnumerateArray().Select(message =>
            string.Concat(message.GetProperty("parts").EnumerateArray().Where(part => part.GetProperty("type").GetString() == "text").Select(part => part.GetProperty("text").GetString()))),
    ];
}
