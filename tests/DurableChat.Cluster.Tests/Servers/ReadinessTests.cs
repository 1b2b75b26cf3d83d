using System.Net.Http.Json;
using DurableChat.AspNetCore;
using DurableChat.AspNetCore.Health;
using DurableChat.Cluster.Tests.Postgres;
using DurableChat.Notifications;
using DurableChat.Server.Configuration;
using DurableChat.Server.Hosting;
using DurableChat.Server.Stores;
using DurableChat.Storage;
using DurableChat.Tests.Support;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace DurableChat.Cluster.Tests.Servers;

/// <summary>What <c>/readyz</c> says.</summary>
public sealed class ReadinessTests(PostgresFixture postgres)
{
    [Fact]
    public async Task A_channel_that_is_down_is_told_and_does_not_end_the_service()
    {
        var channel = new ChannelState(hasChannel: true);
        Assert.Contains("channel is down", await SayAsync(channel), StringComparison.Ordinal);
        channel.Connected();
        Assert.Equal("ready", await SayAsync(channel));
        channel.Lost();
        Assert.StartsWith("ready; ", await SayAsync(channel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_channel_that_is_connected_and_delivers_nothing_is_reported_with_what_to_do()
    {
        var channel = new ChannelState(hasChannel: true);
        channel.LostAsDeaf("Do this.");
        var said = await SayAsync(channel);
        Assert.Contains("does not deliver", said, StringComparison.Ordinal);
        Assert.EndsWith("Do this.", said, StringComparison.Ordinal);
        channel.Connected();
        Assert.Equal("ready", await SayAsync(channel));
    }

    [Fact]
    public async Task A_server_without_other_replicas_says_nothing_of_a_channel() => Assert.Equal("ready", await SayAsync(new ChannelState(hasChannel: false)));

    [Theory]
    [InlineData(13, 503, "the database cannot be written to: its disk is full")]
    [InlineData(10, 503, "the database cannot be written to: its disk fails")]
    [InlineData(1, 200, "ready; the database cannot be written to, the log says why")]
    public async Task A_server_whose_heartbeats_cannot_be_written_says_so_until_one_is(int sqliteError, int status, string expected)
    {
        var store = new FakeStore { Before = call => call == "heartbeat" ? Task.FromException(new ChatStoreException("no", new SqliteException("no", sqliteError))) : Task.CompletedTask };
        var writes = new WriteHealth();
        var leases = new WatchedLeases(store, writes);
        using var drain = new ServerDrain(new DurableChatHttpOptions(), new Lifetime(), TimeProvider.System);
        await Assert.ThrowsAsync<ChatStoreException>(() => leases.HeartbeatAsync("here", null, TimeSpan.FromSeconds(20), CancellationToken.None));
        Assert.Equal((status, expected), await AskAsync());
        store.Before = _ => Task.CompletedTask;
        await leases.HeartbeatAsync("here", null, TimeSpan.FromSeconds(20), CancellationToken.None);
        Assert.Equal((200, "ready"), await AskAsync());

        async Task<(int, string?)> AskAsync()
        {
            var result = await CheckAsync(writes, new ChannelState(hasChannel: false), drain);
            return (result.StatusCode ?? 200, result.ResponseContent);
        }
    }

    [Fact]
    public async Task A_server_whose_database_has_no_room_is_not_ready_until_it_has()
    {
        var database = await postgres.CreateDatabaseAsync();
        await Given.Store(database).DisposeAsync();
        await PostgresFixture.ExecuteAsync(
            database,
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''could not extend file: No space left on device'' USING ERRCODE = ''53100''; END'");
        await using var server = await InProcessServer.StartAsync(new ServeOptions("http://127.0.0.1:0", null, database, null), "DurableChat:Worker:HeartbeatInterval=00:00:00.2");
        using var http = InProcessServer.Client(server);
        var readyz = new Uri(InProcessServer.UrlOf(server), "/readyz");
        await PostgresFixture.ExecuteAsync(database, "CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON replicas FOR EACH ROW EXECUTE FUNCTION refuse()");
        await WaitForAsync("the database cannot be written to: its disk is full");
        await PostgresFixture.ExecuteAsync(database, "DROP TRIGGER refuse ON replicas");
        await WaitForAsync("ready");

        // A command of a user finds out as well.
        await PostgresFixture.ExecuteAsync(database, "CREATE TRIGGER refuse BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION refuse()");
        using (var refused = await http.PostAsJsonAsync("chats", new { content = "hello" }))
        {
            Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        }

        await PostgresFixture.ExecuteAsync(database, "DROP TRIGGER refuse ON messages");
        await WaitForAsync("ready");
        await server.StopAsync();

        async Task WaitForAsync(string expected)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            while (!(await http.GetAsync(readyz, patience.Token)).Content.ReadAsStringAsync(patience.Token).Result.StartsWith(expected, StringComparison.Ordinal))
            {
                await Task.Yield();
            }
        }
    }

    [Fact]
    public async Task The_database_is_asked_once_however_many_want_to_know()
    {
        var questions = 0;
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var probe = new StoreProbe(new FakeStore
        {
            Before = _ =>
            {
                Interlocked.Increment(ref questions);
                return go.Task;
            },
        });
        var askers = Enumerable.Range(0, 20).Select(_ => probe.AskAsync(CancellationToken.None)).ToList();
        go.SetResult();
        await Task.WhenAll(askers);
        Assert.Equal(1, questions);
        await probe.AskAsync(CancellationToken.None);
        Assert.Equal(2, questions);
    }

    private static async Task<string?> SayAsync(ChannelState channel)
    {
        using var drain = new ServerDrain(new DurableChatHttpOptions(), new Lifetime(), TimeProvider.System);
        var result = await CheckAsync(new WriteHealth(), channel, drain);
        Assert.True(result.StatusCode is null or 200);
        return result.ResponseContent;
    }

    private static async Task<ContentHttpResult> CheckAsync(WriteHealth writes, ChannelState channel, ServerDrain drain)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<IChatStore>(new FakeStore()).AddSingleton(writes).AddSingleton(channel).AddSingleton(drain);
        Readiness.Add(services);
        await using var provider = services.BuildServiceProvider();
        return Assert.IsType<ContentHttpResult>(
            await Readiness.CheckAsync(provider.GetRequiredService<HealthCheckService>(), drain, CancellationToken.None));
    }

    private sealed class Lifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication()
        {
        }
    }
}
