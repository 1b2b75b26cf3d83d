using DurableChat.Diagnostics;
using DurableChat.Sqlite;
using DurableChat.Storage;
using Xunit;

namespace DurableChat.Integration.Tests.Sqlite;

public sealed class SqliteWriterTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly SqliteWriter _writer;
    private int _commits;
    private int _failingCommit;

    public SqliteWriterTests()
    {
        var connection = SqliteConnections.OpenWriter(_folder.File("test.db"));
        SqliteConnections.Execute(connection, "CREATE TABLE numbers (number INTEGER PRIMARY KEY)");
        SqliteConnections.Execute(connection, "PRAGMA foreign_keys = ON");
        SQLitePCL.raw.sqlite3_commit_hook(
            connection.Handle,
            _ =>
            {
                _commits++;
                return _commits == _failingCommit ? 1 : 0;
            },
            null);
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
    public async Task Writes_that_wait_together_share_one_commit()
    {
        var writes = await HoldWhileAsync(() => [.. Enumerable.Range(1, 100).Select(number => InsertAsync(number))]);
        await Task.WhenAll(writes);

        // One commit of the write that held the writer, and one of all hundred.
        Assert.Equal(2, _commits);
    }

    [Fact]
    public async Task Small_writes_do_not_wait_for_many_large_ones_and_all_are_done()
    {
        var commitOf = new Dictionary<int, int>();
        Task Write(int number, int size) => _writer.RunAsync(
            session =>
            {
                commitOf[number] = _commits;
                return session.Execute("test", "INSERT INTO numbers VALUES ($n)", ("$n", number));
            },
            size,
            CancellationToken.None);
        var writes = await HoldWhileAsync(() =>
        [
            .. Enumerable.Range(1, 10).Select(number => Write(number, 60_000)),
            Write(11, 10_000_000),
            .. Enumerable.Range(12, 5).Select(number => Write(number, 100)),
        ]);
        await Task.WhenAll(writes);

        // Each transaction has one large write; the first has all the small ones, too.
        Assert.Equal(Enumerable.Range(1, 11), Enumerable.Range(1, 11).Select(number => commitOf[number]));
        Assert.All(Enumerable.Range(12, 5), number => Assert.Equal(1, commitOf[number]));
        Assert.Equal(Enumerable.Range(1, 16).Select(number => (long)number), await ReadAsync());
    }

    [Fact]
    public async Task Large_writes_that_are_not_too_large_together_share_a_commit()
    {
        var writes = await HoldWhileAsync(() => [.. Enumerable.Range(1, 4).Select(number => _writer.RunAsync(
            session => session.Execute("test", "INSERT INTO numbers VALUES ($n)", ("$n", number)), 30_000, CancellationToken.None))]);
        await Task.WhenAll(writes);
        Assert.Equal(3, _commits);
    }

    [Fact]
    public async Task No_caller_is_told_of_success_if_the_commit_fails_and_the_writer_lives_on()
    {
        _failingCommit = 2;
        var writes = await HoldWhileAsync(() => [Fails<ChatStoreException>(InsertAsync(1)), Fails<ChatStoreException>(InsertAsync(2))]);
        await Task.WhenAll(writes);
        await InsertAsync(3);
        Assert.Equal([3], await ReadAsync());
    }

    [Fact]
    public async Task A_commit_that_fails_and_leaves_its_transaction_open_is_undone()
    {
        // SQLite looks at a deferred constraint only in the commit, and then leaves the transaction to us.
        await ControlAsync("CREATE TABLE links (number INTEGER REFERENCES numbers (number) DEFERRABLE INITIALLY DEFERRED)");
        await Fails<ChatStoreException>(_writer.RunAsync(session => session.Execute("test", "INSERT INTO links VALUES (404)"), CancellationToken.None));
        await InsertAsync(1);
        Assert.Equal([1], await ReadAsync());
    }

    [Fact]
    public async Task A_full_disk_fails_the_write_and_the_writer_lives_on()
    {
        await ControlAsync("CREATE TABLE texts (text TEXT)");
        await ControlAsync("PRAGMA max_page_count = 10");
        Assert.Contains("is full", (await Fails<ChatStoreException>(InsertTextAsync(1_000_000))).Message, StringComparison.Ordinal);
        await InsertAsync(1);
        await ControlAsync("PRAGMA max_page_count = 10000");
        await InsertTextAsync(1_000_000);
        Assert.Equal([1], await ReadAsync());
    }

    [Fact]
    public async Task A_file_that_another_program_holds_fails_the_write_and_the_writer_lives_on()
    {
        using (var other = SqliteConnections.OpenWriter(_folder.File("test.db")))
        {
            SqliteConnections.Execute(other, "BEGIN IMMEDIATE");
            Assert.Contains("locked by another program", (await Fails<ChatStoreException>(InsertAsync(1))).Message, StringComparison.Ordinal);
        }

        await InsertAsync(2);
        Assert.Equal([2], await ReadAsync());
    }

    [Fact]
    public async Task A_commit_waits_for_the_disk()
    {
        await _writer.RunAsync(
            session =>
            {
                Assert.Equal("wal", ReadOne(session, "PRAGMA journal_mode"));
                Assert.Equal("2", ReadOne(session, "PRAGMA synchronous"));
                return 0;
            },
            CancellationToken.None);
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

    private Task<int> ControlAsync(string sql) => _writer.RunAsync(
        session =>
        {
            session.Control(sql);
            return 0;
        },
        CancellationToken.None);

    private Task<int> InsertTextAsync(int length) => _writer.RunAsync(
        session => session.Execute("test", "INSERT INTO texts VALUES ($t)", ("$t", new string('x', length))), CancellationToken.None);

    private static string ReadOne(SqliteSession session, string sql)
    {
        using var rows = session.Query("test", sql);
        Assert.True(rows.Read());
        return rows.GetString(0);
    }

    private static Task<TException> Fails<TException>(Task task)
        where TException : Exception => Assert.ThrowsAsync<TException>(() => task);

    private static async Task Fails(Task task)
    {
        await task.ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.False(task.IsCompletedSuccessfully);
    }
}
