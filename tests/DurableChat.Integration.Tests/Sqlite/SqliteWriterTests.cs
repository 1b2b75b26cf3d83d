using DurableChat.Diagnostics;
using DurableChat.Sqlite;
using DurableChat.Storage;
using Xunit;

namespace DurableChat.Integration.Tests.Sqlite;

public sealed class SqliteWriterTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly SqliteWriter _writer;

    public SqliteWriterTests()
    {
        var connection = SqliteConnections.OpenWriter(_folder.File("test.db"));
        SqliteConnections.Execute(connection, "CREATE TABLE numbers (number INTEGER PRIMARY KEY)");
        _writer = new SqliteWriter(new SqliteSession(connection, new StoreMetrics()), "test.db");
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_write_that_fails_is_undone_alone()
    {
        var writes = await HoldWhileAsync(() =>
        [
            InsertAsync(1),
            Fails(_writer.RunAsync<int>(
                session =>
                {
                    session.Execute("test", "INSERT INTO numbers VALUES ($n)", ("$n", 100));
                    throw new InvalidOperationException("on purpose");
                },
                CancellationToken.None)),
            Fails(InsertTwiceAsync(2)),
            InsertAsync(3),
        ]);
        await Task.WhenAll(writes);
        Assert.Equal([1, 3], await ReadAsync());
    }

    [Fact]
    public async Task A_write_that_waits_can_be_withdrawn_and_one_that_runs_cannot()
    {
        using var impatience = new CancellationTokenSource();
        var writes = await HoldWhileAsync(() =>
        {
            var withdrawn = Fails(InsertAsync(1, impatience.Token));
            impatience.Cancel();
            return [withdrawn, InsertAsync(2)];
        });
        await Task.WhenAll(writes);
        Assert.Equal([2], await ReadAsync());
    }

    [Fact]
    public async Task The_writer_lives_on_after_an_error_that_ends_the_transaction()
    {
        await Fails(_writer.RunAsync<int>(
            session =>
            {
                session.Control("ROLLBACK");
                throw new ChatStoreException("as if the disk were full");
            },
            CancellationToken.None));
        await InsertAsync(7);
        Assert.Equal([7], await ReadAsync());
    }

    [Fact]
    public async Task A_closed_writer_says_so()
    {
        await _writer.DisposeAsync();
        await Assert.ThrowsAsync<ChatStoreException>(() => InsertAsync(1));
    }

    /// <summary>Holds the writer in a write while others line up behind it, so that they become one batch.</summary>
    private async Task<Task[]> HoldWhileAsync(Func<Task[]> lineUp)
    {
        using var entered = new SemaphoreSlim(0);
        using var release = new SemaphoreSlim(0);
        var holding = _writer.RunAsync(
            _ =>
            {
                entered.Release();
                release.Wait();
                return 0;
            },
            CancellationToken.None);
        await entered.WaitAsync();
        var writes = lineUp();
        release.Release();
        await holding;
        return writes;
    }

    private Task InsertAsync(int number, CancellationToken cancellationToken = default) =>
        _writer.RunAsync(session => session.Execute("test", "INSERT INTO numbers VALUES ($n)", ("$n", number)), cancellationToken);

    private Task InsertTwiceAsync(int number) => _writer.RunAsync(
        session => session.Execute("test", "INSERT INTO numbers VALUES ($n)", ("$n", number)) + session.Execute("test", "INSERT INTO numbers VALUES ($n)", ("$n", number)),
        CancellationToken.None);

    private Task<List<long>> ReadAsync() => _writer.RunAsync(
        session =>
        {
            var numbers = new List<long>();
            using var rows = session.Query("test", "SELECT number FROM numbers ORDER BY number");
            while (rows.Read())
            {
                numbers.Add(rows.GetInt64(0));
            }

            return numbers;
        },
        CancellationToken.None);

    private static async Task Fails(Task task)
    {
        await task.ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.False(task.IsCompletedSuccessfully);
    }
}
