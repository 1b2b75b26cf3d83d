using DurableChat.Conformance;
using DurableChat.Diagnostics;
using DurableChat.Notifications;
using DurableChat.PostgreSql;
using Npgsql;
using Xunit;

namespace DurableChat.Cluster.Tests.Postgres;

public sealed class PostgresChannelTests(PostgresFixture postgres) : ChannelSpecs
{
    protected override async ValueTask<IChannelHarness> CreateHarnessAsync() => new ChannelHarness(await postgres.CreateDatabaseAsync());

    [Fact]
    public async Task A_commit_of_the_store_notifies_nobody()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var store = Given.Store(database);
        var received = new List<string>();
        await using var connection = new NpgsqlConnection(database);
        connection.Notification += (_, notification) => received.Add(notification.Payload);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await ExecuteAsync("LISTEN durablechat");
        var chat = await store.CommitAsync(Given.New());
        await store.CommitAsync(Given.Answer(chat, "answer"));
        await store.DeleteAsync(chat.Id, TestContext.Current.CancellationToken);

        // Notifications come in the order of the commits they belong to.
        await ExecuteAsync("NOTIFY durablechat, 'behind them'");
        Assert.Equal(["behind them"], received);

        async Task ExecuteAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_connection_that_dies_without_a_word_is_found_out()
    {
        await using var proxy = new CuttingProxy(postgres.Server.Port);
        var database = new NpgsqlConnectionStringBuilder(await postgres.CreateDatabaseAsync()) { Port = proxy.Port, SslMode = SslMode.Disable, KeepAlive = 1 };
        await using var channel = new PostgresChannel(new PostgresStoreOptions(database.ConnectionString), new StoreMetrics());
        var listener = new Listener();
        var listening = channel.ListenAsync(listener, TestContext.Current.CancellationToken);
        await listener.Connected.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        proxy.FallSilent();
        await Assert.ThrowsAsync<ChannelException>(() => listening.WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken));
    }

    private sealed class Listener : INotificationListener
    {
        private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Connected => _connected.Task;

        public void OnConnected() => _connected.TrySetResult();

        public void OnReceived(string payload)
        {
        }
    }

    private sealed class ChannelHarness(string connectionString) : IChannelHarness
    {
        private readonly List<PostgresChannel> _channels = [];

        public INotificationChannel Open()
        {
            _channels.Add(new PostgresChannel(new PostgresStoreOptions(connectionString), new StoreMetrics()));
            return _channels[^1];
        }

        public Task CutAsync() => PostgresFixture.ExecuteAsync(
            connectionString,
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'durablechat notifications'");

        public async ValueTask DisposeAsync()
        {
            foreach (var channel in _channels)
            {
                await channel.DisposeAsync();
            }
        }
    }
}
