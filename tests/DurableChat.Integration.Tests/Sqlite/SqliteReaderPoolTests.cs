using DurableChat.Diagnostics;
using DurableChat.Sqlite;
using DurableChat.Storage;
using Xunit;

namespace DurableChat.Integration.Tests.Sqlite;

public sealed class SqliteReaderPoolTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly SqliteReaderPool _pool;

    public SqliteReaderPoolTests()
    {
        using (var writer = SqliteConnections.OpenWriter(Database))
        {
            SqliteConnections.Execute(writer, "CREATE TABLE numbers (number INTEGER PRIMARY KEY)");
        }

        _pool = new SqliteReaderPool(Database, 2, new StoreMetrics());
    }

    private string Database => _folder.File("test.db");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Long_reads_leave_places_to_the_others_however_many_there_are()
    {
        using var entered = new SemaphoreSlim(0);
        using var release = new ManualResetEventSlim();
        var reads = Enumerable.Range(0, 5).Select(_ => Task.Run(() => _pool.RunLongAsync(
            session =>
            {
                entered.Release();
                release.Wait();
                return Count(session);
            },
            CancellationToken.None))).ToArray();
        try
        {
            await entered.WaitAsync();
            Assert.Equal(0, await _pool.RunAsync(Count, CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(1)));
            Assert.Equal(0, entered.CurrentCount);
        }
        finally
        {
            release.Set();
            await Task.WhenAll(reads);
        }
    }

    [Fact]
    public async Task A_long_read_that_fails_or_is_given_up_leaves_its_lane()
    {
        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => _pool.RunLongAsync<int>(_ => throw new InvalidOperationException(), CancellationToken.None));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _pool.RunLongAsync(Count, new CancellationToken(canceled: true)));
        }

        Assert.Equal(0, await _pool.RunLongAsync(Count, CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task A_pool_that_closes_waits_for_its_reads()
    {
        using var entered = new SemaphoreSlim(0);
        using var release = new SemaphoreSlim(0);
        var read = Task.Run(() => _pool.RunAsync(
            session =>
            {
                var count = Count(session);
                entered.Release();
                release.Wait();
                return count;
            },
            CancellationToken.None));
        await entered.WaitAsync();
        var closing = _pool.DisposeAsync().AsTask();
        Assert.False(closing.IsCompleted);
        release.Release();
        Assert.Equal(0, await read);
        await closing;

        // Whoever closes the last connection takes the log away with it.
        Assert.Equal([Database], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task A_read_beyond_the_bound_waits_and_can_be_given_up()
    {
        using var entered = new SemaphoreSlim(0);
        using var release = new SemaphoreSlim(0);
        var reads = Enumerable.Range(0, 2).Select(_ => Task.Run(() => _pool.RunAsync(
            session =>
            {
                entered.Release();
                release.Wait();
                return Count(session);
            },
            CancellationToken.None))).ToArray();
        await entered.WaitAsync();
        await entered.WaitAsync();
        using var impatience = new CancellationTokenSource();
        var third = _pool.RunAsync(Count, impatience.Token);
        Assert.False(third.IsCompleted);
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third);
        release.Release(2);
        Assert.All(await Task.WhenAll(reads), count => Assert.Equal(0, count));
    }

    [Fact]
    public async Task A_failed_read_leaves_the_pool_whole()
    {
        for (var i = 0; i < 5; i++)
        {
            await Assert.ThrowsAsync<ChatStoreException>(() => _pool.RunAsync(session => session.Execute("test", "SELECT * FROM missing"), CancellationToken.None));
        }

        Assert.Equal(0, await _pool.RunAsync(Count, CancellationToken.None));
    }

    [Fact]
    public async Task A_read_cannot_write() =>
        await Assert.ThrowsAsync<ChatStoreException>(() => _pool.RunAsync(session => session.Execute("test", "INSERT INTO numbers VALUES (1)"), CancellationToken.None));

    private static long Count(SqliteSession session)
    {
        using var rows = session.Query("test", "SELECT count(*) FROM numbers");
        Assert.True(rows.Read());
        return rows.GetInt64(0);
    }
}
