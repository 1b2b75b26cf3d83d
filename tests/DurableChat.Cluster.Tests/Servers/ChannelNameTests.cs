using System.Threading.Channels;
using DurableChat.Cluster.Tests.Postgres;
using DurableChat.Cluster.Tests.Redis;
using DurableChat.Notifications;
using DurableChat.Server.Configuration;
using DurableChat.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace DurableChat.Cluster.Tests.Servers;

/// <summary>Who hears whom: the replicas of one cluster, and no others, though they share a Redis or a database.</summary>
public sealed class ChannelNameTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Clusters_that_share_a_redis_do_not_hear_each_other()
    {
        await using var redis = await RedisServer.StartAsync();
        await CheckAsync(await postgres.CreateDatabaseAsync(), await postgres.CreateDatabaseAsync(), $"Notifications:Redis=127.0.0.1:{redis.Port}");
    }

    [Fact]
    public async Task Clusters_that_share_a_database_do_not_hear_each_other()
    {
        var database = await postgres.CreateDatabaseAsync();
        await PostgresFixture.ExecuteAsync(database, "CREATE SCHEMA one; CREATE SCHEMA two");
        string In(string schema) => new NpgsqlConnectionStringBuilder(database) { SearchPath = schema }.ConnectionString;
        await CheckAsync(In("one"), In("two"));
    }

    private static async Task CheckAsync(string one, string two, params string[] settings)
    {
        await using var here = Build(one, settings);
        await using var beside = Build(one, settings);
        await using var elsewhere = Build(two, settings);
        await using var heard = await Listener.StartAsync(here);
        await SendAsync(elsewhere, "of another cluster");
        await SendAsync(beside, "of this cluster");
        Assert.Equal("of this cluster", await heard.TakeAsync());
    }

    private static WebApplication Build(string database, string[] settings) =>
        ServerApplication.Build(new ServeOptions("http://127.0.0.1:0", null, database, null), ["Models:0:Name=demo", "Models:0:Provider=demo", "Logging:LogLevel:Default=None", .. settings]);

    private static Task SendAsync(WebApplication server, string payload) =>
        server.Services.GetRequiredService<INotificationChannel>().PublishAsync([payload], CancellationToken.None);

    private sealed class Listener : INotificationListener, IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Channel<string> _received = Channel.CreateUnbounded<string>();
        private Task _listening = Task.CompletedTask;

        public static async Task<Listener> StartAsync(WebApplication server)
        {
            var listener = new Listener();
            listener._listening = server.Services.GetRequiredService<INotificationChannel>().ListenAsync(listener, listener._stop.Token);
            await await Task.WhenAny(listener._connected.Task, listener._listening);
            return listener;
        }

        public void OnConnected() => _connected.TrySetResult();

        public void OnReceived(string payload) => _received.Writer.TryWrite(payload);

        public async Task<string> TakeAsync()
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
            return await _received.Reader.ReadAsync(patience.Token);
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _stop.Dispose();
        }
    }
}
