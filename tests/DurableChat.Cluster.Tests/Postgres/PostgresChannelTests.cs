using DurableChat.Conformance;
using DurableChat.Diagnostics;
using DurableChat.Notifications;
using DurableChat.PostgreSql;

namespace DurableChat.Cluster.Tests.Postgres;

public sealed class PostgresChannelTests(PostgresFixture postgres) : ChannelSpecs
{
    protected override async ValueTask<IChannelHarness> CreateHarnessAsync() => new ChannelHarness(await postgres.CreateDatabaseAsync());

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
