using Microsoft.Data.Sqlite;

namespace DurableChat.Sqlite;

/// <summary>
/// Copies the write-ahead log into the database in parallel to the writer. SQLite would do this within a commit, while
/// all writers wait. Little is written meanwhile; the writer copies that between two transactions, so that the log
/// restarts from its beginning and does not grow without limit. If the copy fails, SQLite's own limit applies. Only the
/// writer's thread calls <see cref="AfterCommit"/>.
/// </summary>
internal sealed class SqliteCheckpoints : IDisposable
{
    /// <summary>The number of pages in the log after which it is copied: SQLite's own default, 4 MB.</summary>
    public const int Pages = 1_000;

    /// <summary>
    /// The number of pages at which SQLite copies within a commit, should the log grow this long nevertheless: 64 MB.
    /// </summary>
    private const int PagesOfLastResort = 16_000;

    private readonly SqliteSession _writer;
    private readonly Action _copy;
    private readonly int _pages;
    private long _written;
    private Task? _copying;

    /// <summary>Takes over checkpoints from SQLite.</summary>
    /// <param name="writer">The connection that writes.</param>
    /// <param name="copy">Copies the log on a connection of its own. Does not throw.</param>
    /// <param name="pages">The number of written pages after which the log is copied.</param>
    public SqliteCheckpoints(SqliteSession writer, Action copy, int pages = Pages)
    {
        _writer = writer;
        _copy = copy;
        _pages = pages;
        writer.Control($"PRAGMA wal_autocheckpoint = {PagesOfLastResort}");
    }

    /// <summary>The copy in progress; null if there is none.</summary>
    public Task? Copying => _copying;

    /// <summary>Copies the log of a file on a connection of its own. Does not throw.</summary>
    public static void Copy(string path)
    {
        try
        {
            using var connection = SqliteConnections.OpenReader(path);
            SqliteConnections.Execute(connection, "PRAGMA wal_checkpoint(PASSIVE)");
        }
        catch (SqliteException)
        {
            // The log stays as it is. The writer copies all of it next, or SQLite does at its own limit and reports
            // errors to the commit.
        }
    }

    /// <summary>Counts the written pages, and starts or finishes a copy when it is due. Does not throw.</summary>
    public void AfterCommit()
    {
        _written += _writer.TakePagesWritten();
        if (_copying is null)
        {
            _copying = _written >= _pages ? Task.Run(_copy) : null;
        }
        else if (_copying.IsCompleted)
        {
            _copying = null;
            _written = 0;
            CopyRest();
        }
    }

    /// <summary>Waits for the copy in progress.</summary>
    public void Dispose() => _copying?.Wait();

    private void CopyRest()
    {
        try
        {
            _writer.Control("PRAGMA wal_checkpoint(PASSIVE)");
        }
        catch (SqliteException)
        {
            // As above: nothing is lost, and the next commit reports a failing disk.
        }
    }
}
