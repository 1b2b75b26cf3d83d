using DurableChat.Diagnostics;
using DurableChat.Sqlite;
using Xunit;

namespace DurableChat.Integration.Tests.Sqlite;

/// <summary>When the log of a SQLite database is copied into it.</summary>
public sealed class SqliteCheckpointsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _path;
    private readonly SqliteSession _writer;

    public SqliteCheckpointsTests()
    {
        _path = _folder.File("chats.db");
        _writer = new SqliteSession(SqliteConnections.OpenWriter(_path), new StoreMetrics());
        _writer.Control("CREATE TABLE things (thing TEXT)");
        _writer.Control("PRAGMA wal_checkpoint(TRUNCATE)");
        _ = _writer.TakePagesWritten();
    }

    public void Dispose()
    {
        _writer.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void No_commit_copies()
    {
        using var checkpoints = new SqliteCheckpoints(_writer, () => SqliteCheckpoints.Copy(_path), int.MaxValue);
        var before = new FileInfo(_path).Length;
        for (var i = 0; i < 5 * SqliteCheckpoints.Pages; i++)
        {
            Write();
            checkpoints.AfterCommit();
        }

        Assert.Null(checkpoints.Copying);
        Assert.Equal(before, new FileInfo(_path).Length);
        Assert.True(LogPages() > 5 * SqliteCheckpoints.Pages);
    }

    [Fact]
    public async Task What_was_written_is_copied_beside_the_writer()
    {
        using var checkpoints = new SqliteCheckpoints(_writer, () => SqliteCheckpoints.Copy(_path), 20);
        var before = new FileInfo(_path).Length;
        for (var i = 0; i < 100 && checkpoints.Copying is null; i++)
        {
            Assert.Equal(before, new FileInfo(_path).Length);
            Write();
            checkpoints.AfterCommit();
        }

        await checkpoints.Copying!.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.True(new FileInfo(_path).Length > before);
    }

    [Fact]
    public async Task The_log_begins_anew_although_something_is_written_during_each_copy()
    {
        using var begun = new SemaphoreSlim(0);
        using var written = new SemaphoreSlim(0);
        using var checkpoints = new SqliteCheckpoints(
            _writer,
            () =>
            {
                // A reader that sees what stood in the log at first keeps the copy from taking what is written
                // meanwhile.
                using var reader = SqliteConnections.OpenReader(_path);
                SqliteConnections.Execute(reader, "BEGIN");
                _ = SqliteConnections.Query(reader, "SELECT count(*) FROM things");
                begun.Release();
                written.Wait();
                SqliteCheckpoints.Copy(_path);
            },
            20);
        for (var i = 0; i < 1_000; i++)
        {
            Write();
            checkpoints.AfterCommit();
            if (checkpoints.Copying is { } copying)
            {
                Assert.True(await begun.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
                Write();
                written.Release();
                await copying.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
                Write();
                checkpoints.AfterCommit();
            }
        }

        Assert.InRange(LogPages(), 20, 200);
    }

    [Fact]
    public async Task A_copy_that_fails_is_for_the_writer_to_make()
    {
        using var checkpoints = new SqliteCheckpoints(_writer, () => SqliteCheckpoints.Copy(_folder.File(Path.Combine("elsewhere", "chats.db"))), 20);
        for (var i = 0; i < 2_000; i++)
        {
            Write();
            checkpoints.AfterCommit();
            await (checkpoints.Copying ?? Task.CompletedTask).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        }

        Assert.InRange(LogPages(), 20, 200);
        using var reader = SqliteConnections.OpenReader(_path);
        Assert.Equal(2_000L, SqliteConnections.Query(reader, "SELECT count(*) FROM things"));
    }

    private void Write() => _writer.Control($"INSERT INTO things VALUES ('{new string('x', 3_000)}')");

    /// <summary>How many pages the log ever had since it was cut.</summary>
    private long LogPages() => new FileInfo($"{_path}-wal").Length / 4_096;
}
