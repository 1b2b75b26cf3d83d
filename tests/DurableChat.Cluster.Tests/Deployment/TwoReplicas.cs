using System.Net.Http.Json;
using System.Text.Json;
using DurableChat.Cluster.Tests.Postgres;
using DurableChat.ScaleTest.Running;
using Xunit;

namespace DurableChat.Cluster.Tests.Deployment;

/// <summary>Two real servers on one PostgreSQL, to stand behind balancers.</summary>
public sealed class TwoReplicas(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("durablechat-");
    private readonly List<ReplicaProcess> _replicas = [];

    internal IReadOnlyList<Uri> Urls => [.. _replicas.Select(replica => replica.Url)];

    public async ValueTask InitializeAsync()
    {
        var settings = new Dictionary<string, string>
        {
            ["Models__0__Name"] = "demo",
            ["Models__0__Provider"] = "demo",
            ["Models__0__DelayMs"] = "1",
            ["DurableChat__Worker__MaxAttempts"] = "1",
            ["DurableChat__Worker__DrainTime"] = "00:00:01",
            ["Http__HeartbeatInterval"] = "00:00:01",
        };
        var database = await postgres.CreateDatabaseAsync();
        foreach (var name in new[] { "replica1", "replica2" })
        {
            var replica = new ReplicaProcess(name, ["--store", database], settings, _folder.FullName);
            await replica.StartAsync(CancellationToken.None);
            _replicas.Add(replica);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    /// <summary>Creates a chat and waits until its turn has ended.</summary>
    internal static async Task<string> AnswerAsync(HttpClient http, Uri url, string content)
    {
        using var response = await http.PostAsJsonAsync(new Uri(url, "api/v1/chats"), new { content });
        var id = (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        using var stream = await http.GetStreamAsync(new Uri(url, $"api/v1/chats/{id}/stream"));
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.Contains("\"status\":\"waiting\"", StringComparison.Ordinal) || line.Contains("\"status\":\"error\"", StringComparison.Ordinal))
            {
                return id;
            }
        }

        throw new InvalidOperationException("The stream ended before the turn.");
    }
}
