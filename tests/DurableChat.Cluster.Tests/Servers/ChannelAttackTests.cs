using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using DurableChat.Chats;
using DurableChat.Cluster.Tests.Postgres;
using DurableChat.Integration.Tests.Streaming;
using DurableChat.Notifications;
using DurableChat.Server.Auth;
using DurableChat.Server.Configuration;
using DurableChat.Storage;
using DurableChat.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace DurableChat.Cluster.Tests.Servers;

/// <summary>A role of the database that has no right on any table, and yet hears and sends on the channel, as every
/// role may.</summary>
public sealed class ChannelAttackTests(PostgresFixture postgres)
{
    private const string Channel = "known_to_all";
    private const string Question = "a very private question";

    private static readonly string[] _settings =
    [
        "Auth:Tokens:0:Owner=alice", $"Auth:Tokens:0:Sha256={TokenList.Hash("dc_alice")}",
        "Auth:Tokens:1:Owner=mallory", $"Auth:Tokens:1:Sha256={TokenList.Hash("dc_mallory")}",
        $"Notifications:Channel={Channel}",
    ];

    [Fact]
    public async Task Who_has_no_right_on_a_table_reads_nothing_on_the_channel_and_changes_nothing_by_it()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var one = await InProcessServer.StartAsync(new ServeOptions("http://127.0.0.1:0", null, database,
            null), _settings);
        await using var two = await InProcessServer.StartAsync(new ServeOptions("http://127.0.0.1:0", null, database,
            null), _settings);
        using var alice = Client(one, "dc_alice");
        using var aliceThere = Client(two, "dc_alice");
        using var mallory = Client(two, "dc_mallory");
        await using var attacker = await Attacker.StartAsync(database);
        using var created = await alice.PostAsJsonAsync("chats", new { content = Question });
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        using var gone = await alice.PostAsJsonAsync("chats", new { content = "soon deleted" });
        var goneId = (await gone.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        await SseClient.FollowAsync(aliceThere, $"chats/{id}/stream", shown =>
            shown.Status == "waiting" && shown.Ids.Count == 2, new Screen());
        await SseClient.FollowAsync(aliceThere, $"chats/{goneId}/stream", shown =>
            shown.Status == "waiting" && shown.Ids.Count == 2, new Screen());
        using var deleted = await alice.DeleteAsync(new Uri($"chats/{goneId}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var renamed = await alice.PatchAsJsonAsync($"chats/{id}", new { title = "a private title" });
        await UntilAsync(async () => await TitleAsync(aliceThere, id) == "a private title");
        await UntilAsync(() => Task.FromResult(attacker.Heard.Count >= 6));

        // Nothing of it can be read.
        string[] secrets = ["private", "alice", id, goneId, "title", "chat_id"];
        Assert.All(attacker.Heard, payload =>
            Assert.DoesNotContain(secrets, secret =>
                Readable(payload).Contains(secret, StringComparison.OrdinalIgnoreCase)));

        // Nothing that can be sent changes anything.
        var before = await aliceThere.GetStringAsync(new Uri($"chats/{id}/messages", UriKind.Relative));
        var state = (await one.Services.GetRequiredService<IChatStore>().LoadAsync(ChatId.Parse(id),
            CancellationToken.None))!;
        foreach (var payload in Forgeries(state, [.. attacker.Heard]))
        {
            await attacker.SendAsync(payload);
        }

        // Notifications come in order: after this one all that was forged has been heard.
        using var last = await alice.PatchAsJsonAsync($"chats/{id}", new { title = "the last title" });
        await UntilAsync(async () => await TitleAsync(aliceThere, id) == "the last title");
        Assert.Equal(before, await aliceThere.GetStringAsync(new Uri($"chats/{id}/messages", UriKind.Relative)));
        using var stolen = await mallory.GetAsync(new Uri($"chats/{id}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, stolen.StatusCode);
        using var written = await mallory.PostAsJsonAsync($"chats/{id}/messages", new { content = "mine" });
        Assert.Equal(HttpStatusCode.NotFound, written.StatusCode);
        using var dead = await aliceThere.GetAsync(new Uri($"chats/{goneId}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, dead.StatusCode);
        Assert.Equal(0, (await mallory.GetFromJsonAsync<JsonElement>("chats")).GetProperty("chats").GetArrayLength());
        Assert.Equal(1,
            (await aliceThere.GetFromJsonAsync<JsonElement>("chats")).GetProperty("chats").GetArrayLength());
        await Task.WhenAll(one.StopAsync(), two.StopAsync());
    }

    /// <summary>As an earlier version would send it, as another cluster would, put together of pieces, and all that
    /// was heard once more.</summary>
    private static IEnumerable<string> Forgeries(Chat state, string[] heard)
    {
        var now = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var next = state with
        {
            Version = state.Version + 1,
            CommitId = Guid.NewGuid(),
            Ancestors = [state.CommitId, .. state.Ancestors],
        };
        Chat[] lies =
        [
            state with { Owner = "mallory" },
            next with { Owner = "mallory" },
            next with { Title = "made up" },
            state with { Title = "made up", Version = 1_000_000, Epoch = 7, CommitId = Guid.NewGuid() },
        ];
        string[] contents =
        [
            .. lies.Select(lie =>
                new Notification(1, "another", lie.Id.Value, lie.Owner, lie.Version, now, lie,
                    []) { CommitId = lie.CommitId }.Write()),
            new Notification(1, "another", state.Id.Value, state.Owner, 0, 0, null, null).Write(),
        ];
        foreach (var content in contents)
        {
            yield return content;
            yield return Seals.Seal(content, TimeProvider.System);
        }

        var frames = heard.Select(payload => Base64Url.DecodeFromChars(payload)).ToArray();
        for (var index = 1; index < frames.Length; index++)
        {
            var (head, tail) = (frames[index - 1], frames[index]);
            yield return Base64Url.EncodeToString([.. head.AsSpan(0, 38), .. tail.AsSpan(38)]);
        }

        foreach (var payload in heard.Concat(heard.Reverse()))
        {
            yield return payload;
        }
    }

    private static string Readable(string payload) =>
        Base64Url.IsValid(payload) ? payload + Encoding.Latin1.GetString(Base64Url.DecodeFromChars(payload)) : payload;

    private static HttpClient Client(WebApplication server, string token)
    {
        var client = InProcessServer.Client(server);
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    private static async Task<string?> TitleAsync(HttpClient client, string id) =>
        (await client.GetFromJsonAsync<JsonElement>($"chats/{id}")).GetProperty("title").GetString();

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1), TimeProvider.System);
        while (!await isSo())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        }
    }

    private sealed class Attacker : IAsyncDisposable
    {
        private readonly NpgsqlConnection _listening;
        private readonly NpgsqlConnection _sending;
        private readonly CancellationTokenSource _stop = new();
        private Task _hearing = Task.CompletedTask;

        private Attacker(string connectionString)
        {
            _listening = new NpgsqlConnection(connectionString);
            _sending = new NpgsqlConnection(connectionString);
        }

        public ConcurrentQueue<string> Heard { get; } = [];

        public static async Task<Attacker> StartAsync(string database)
        {
            var role = $"attacker_{Guid.NewGuid():N}";
            await PostgresFixture.ExecuteAsync(database, $"CREATE ROLE {role} LOGIN");
            var login = new NpgsqlConnectionStringBuilder(database) { Username = role, Pooling = false };
            var attacker = new Attacker(login.ConnectionString);
            await attacker._listening.OpenAsync();
            await attacker._sending.OpenAsync();
            await using var forbidden = new NpgsqlCommand("SELECT * FROM cluster_settings", attacker._sending);
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege,
                (await Assert.ThrowsAsync<PostgresException>(() => forbidden.ExecuteScalarAsync())).SqlState);
            attacker._listening.Notification += (_, heard) => attacker.Heard.Enqueue(heard.Payload);
            await using var listen = new NpgsqlCommand($"LISTEN {Channel}", attacker._listening);
            await listen.ExecuteNonQueryAsync();
            attacker._hearing = attacker.HearAsync();
            return attacker;
        }

        public async Task SendAsync(string payload)
        {
            await using var notify = new NpgsqlCommand("SELECT pg_notify($1, $2)", _sending);
            notify.Parameters.AddWithValue(Channel);
            notify.Parameters.AddWithValue(payload);
            await notify.ExecuteNonQueryAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _hearing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _listening.DisposeAsync();
            await _sending.DisposeAsync();
            _stop.Dispose();
        }

        private async Task HearAsync()
        {
            while (true)
            {
                await _listening.WaitAsync(_stop.Token);
            }
        }
    }
}
