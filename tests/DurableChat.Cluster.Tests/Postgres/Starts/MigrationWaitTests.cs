using DurableChat.Diagnostics;
using DurableChat.PostgreSql;
using DurableChat.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Xunit;

namespace DurableChat.Cluster.Tests.Postgres.Starts;

/// <summary>A start that waits for another session.</summary>
public sealed class MigrationWaitTests(PostgresFixture postgres)
{
    private const string Lock = "SELECT pg_advisory_lock(293188690292)";
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly Lines _log = new();

    [Fact]
    public async Task A_start_that_waits_for_a_lock_says_who_has_it_and_gives_up()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var holder = await HoldAsync(database, Lock);
        var opening = OpenAsync(database);
        var line = await _log.FirstAsync();
        Assert.Contains($"session {holder.ProcessID} ('psql' of user 'durablechat' from 127.0.0.1, idle, since ", line, StringComparison.Ordinal);
        Assert.Contains("gives up after 00:00:30", line, StringComparison.Ordinal);
        Assert.False(opening.IsCompleted);
        var refusal = await Assert.ThrowsAsync<ChatStoreException>(() => PassTimeUntilAsync(opening));
        Assert.Contains($"session {holder.ProcessID} ", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith($"pg_terminate_backend({holder.ProcessID})", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_continues_once_the_lock_is_given_back()
    {
        var database = await postgres.CreateDatabaseAsync();
        var holder = await HoldAsync(database, Lock);
        var opening = OpenAsync(database);
        await _log.FirstAsync();
        await EndAsync(holder, database);
        await using var store = await PassTimeUntilAsync(opening);
        await store.CommitAsync(Given.New());
    }

    [Theory]
    [InlineData("durablechat_migrations")]
    [InlineData("replicas")]
    public async Task A_table_that_another_session_keeps_locked_is_waited_for_as_long_and_no_longer(string table)
    {
        var database = await postgres.CreateDatabaseAsync();
        await Given.Store(database).DisposeAsync();
        await using var holder = await HoldAsync(database, $"BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE");
        var refusal = Assert.Throws<ChatStoreException>(() => Given.Store(database, options => options with { MigrationWait = TimeSpan.FromMilliseconds(100) }));
        Assert.Contains("another session has held a lock of a table for too long", refusal.Message, StringComparison.Ordinal);
    }

    private static async Task<NpgsqlConnection> HoldAsync(string database, string sql)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false, ApplicationName = "psql" }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    /// <summary>
    /// Ends a session. The server notices that some time after the connection has closed, and the clock of these tests
    /// would not wait.
    /// </summary>
    private static async Task EndAsync(NpgsqlConnection holder, string database)
    {
        await using var other = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await other.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT pg_terminate_backend($1, 30000)", other) { Parameters = { new() { Value = holder.ProcessID } } };
        Assert.Equal(true, await command.ExecuteScalarAsync());
        await holder.DisposeAsync();
    }

    private Task<PostgresChatStore> OpenAsync(string database) => Task.Factory.StartNew(
        () => PostgresChatStore.Open(new PostgresStoreOptions(database), new StoreMetrics(), null, _time, _log), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private async Task<PostgresChatStore> PassTimeUntilAsync(Task<PostgresChatStore> opening)
    {
        while (!opening.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await opening;
    }

    private sealed class Lines : ILogger<PostgresChatStore>
    {
        private readonly TaskCompletionSource<string> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> FirstAsync() => _first.Task.WaitAsync(TimeSpan.FromSeconds(30));

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            _first.TrySetResult(formatter(state, exception));
        }
    }
}
