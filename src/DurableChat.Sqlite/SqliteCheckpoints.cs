using Microsoft.Data.Sqlite;

namespace DurableChat.Sqlite;

/// <summary>
/// Copies what stands in the log into the database beside the writer, which SQLite would do within a commit, while all who write wait.
/// What is written meanwhile is left over, and little: the writer copies it between two transactions, so that the log can begin anew
/// and does not grow for ever. If the copy fails, SQLite's own limit takes its place. <see cref="AfterCommit"/> is called by the writer's
/// thread alone.
/// </summary>
internal sealed class SqliteCheckpoints : IDisposable
{
    /// <summary>So many pages in the log are worth a copy: what SQLite takes by itself, 4 MB.</summary>
    public const int Pages = 1_000;

    /// <summary>When SQLite copies within a commit after all, since the log became so long in spite of us: 64 MB.</summary>
    private const int PagesOfLastResort = 16_000;

    private readonly SqliteSession _writer;
    private readonly Action _copy;
    private readonly int _pages;
    private long _written;
    private Task? _copying;

    /// <summary>Takes the copies over from SQLite.</summary>
    /// <param name="writer">The connection that writes.</param>
    /// <param name="copy">Makes a copy on a connection of its own; throws nothing.</param>
    /// <param name="pages">After how many written pages the log is copied.</param>
    public SqliteCheckpoints(SqliteSession writer, Action copy, int pages = Pages)
    {
        _writer = writer;
        _copy = copy;
        _pages = pages;
        writer.Control($"PRAGMA wal_autocheckpoint = {PagesOfLastResort}");
    }

    /// <summary>The copy under way; null if there is none.</summary>
    public Task? Copying => _copying;

    /// <summary>Makes a copy of the log of a file, on a connection of its own. Throws nothing.</summary>
    public static void Copy(string path)
    {
        try
        {
            using var connection = SqliteConnections.OpenReader(path);
            SqliteConnections.Execute(connection, "PRAGMA wal_checkpoint(PASSIVE)");
        }
        catch (SqliteException)
        {
            // The log stays as it is. The writer copies it all next, or SQLite does at its last resort and tells who commits.
        }
    }

    /// <summary>Counts what was written, and begins or ends a copy if it is time. Throws nothing.</summary>
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

    /// <summary>Waits for the copy under way.</summary>
    public void Dispose() => _copying?.Wait();

    private void CopyRest()
    {
        try
        {
            _writer.Control("PRAGMA wal_checkpoint(PASSIVE)");
        }
        catch (SqliteException)
        {
            // As above: nothing is lost, and the next commit tells if the disk is at fault.
        }
    }
}
