using System.Collections.Concurrent;
using DurableChat.Chats;
using DurableChat.Storage;

namespace DurableChat.Sqlite;

/// <summary>
/// Runs commits. The creation of a chat with a long history is written in steps, so that other commits can run in
/// between:
/// <code>
///   begin: mark the id as being imported
///   write one slice of messages after another; they are invisible because the chat does not exist
///   end: in one transaction, remove the mark and write the chat and the last slice
/// </code>
/// An interrupted import leaves the mark and no chat. The same process, the next import of the id or the next start
/// removes what was written. Thread-safe.
/// </summary>
internal sealed class SqliteImports(SqliteWriter writer, TimeProvider time)
{
    /// <summary>One import per id at a time: a repeated request waits for the first.</summary>
    private readonly ConcurrentDictionary<ChatId, Task> _running = new();

    /// <summary>Removes the remains of imports that the end of the process interrupted.</summary>
    public static void RemoveLeft(SqliteSession session)
    {
        session.Execute("import", SqliteStatements.RemoveMessagesOfImports);
        session.Execute("import", SqliteStatements.RemoveImports);
    }

    /// <summary>Commits, in steps if there is much to write.</summary>
    public async Task<CommitResult> CommitAsync(SqliteCommit commit, CancellationToken cancellationToken)
    {
        while (commit.IsCreation && _running.TryGetValue(commit.Id, out var other))
        {
            await other.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }

        if (commit.Slices.Count <= 1)
        {
            return await writer.RunAsync(commit.Run, commit.Size, cancellationToken).ConfigureAwait(false);
        }

        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_running.TryAdd(commit.Id, done.Task))
        {
            return await CommitAsync(commit, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            return await ImportAsync(commit, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _running.TryRemove(commit.Id, out _);
            done.SetResult();
        }
    }

    /// <summary>Marks the id; false if a chat with this id exists or existed.</summary>
    public Task<bool> BeginAsync(ChatId id, CancellationToken cancellationToken) => writer.RunAsync(
        session => session.Execute(
            "import", SqliteStatements.BeginImport, ("$id", id.Value), ("$now", SqliteRows.ToMicroseconds(time.GetUtcNow()))) > 0,
        cancellationToken);

    /// <summary>Writes one slice of messages.</summary>
    public Task<bool> WriteAsync(SqliteCommit commit, Range slice, CancellationToken cancellationToken) => writer.RunAsync(
        session =>
        {
            commit.WriteMessages(session, slice);
            return true;
        },
        Math.Max(SqliteWriter.LargeSize, commit.SizeOf(slice)),
        cancellationToken);

    /// <summary>Creates the chat with the last slice. If that fails, the mark stays.</summary>
    public Task<CommitResult> EndAsync(SqliteCommit commit, CancellationToken cancellationToken) => writer.RunAsync(
        session =>
        {
            session.Execute("import", SqliteStatements.EndImport, ("$id", commit.Id.Value));
            var result = commit.Run(session, commit.Slices[^1]);
            if (result is not CommitResult.Committed)
            {
                session.Execute(
                    "import", SqliteStatements.KeepImport, ("$id", commit.Id.Value), ("$now", SqliteRows.ToMicroseconds(time.GetUtcNow())));
            }

            return result;
        },
        Math.Max(SqliteWriter.LargeSize, commit.SizeOf(commit.Slices[^1])),
        cancellationToken);

    /// <summary>
    /// Removes in slices what was written under the mark, and then the mark. Without a mark nothing is removed, because
    /// then the chat exists.
    /// </summary>
    public async Task UndoAsync(ChatId id)
    {
        while (await writer.RunAsync(session => RemoveSlice(session, id), SqliteWriter.LargeSize, CancellationToken.None).ConfigureAwait(false))
        {
        }
    }

    private async Task<CommitResult> ImportAsync(SqliteCommit commit, CancellationToken cancellationToken)
    {
        if (await BeginAsync(commit.Id, cancellationToken).ConfigureAwait(false) == false)
        {
            // The remains of an import that could not be undone, or an existing chat, which stays untouched.
            await UndoAsync(commit.Id).ConfigureAwait(false);
            if (await BeginAsync(commit.Id, cancellationToken).ConfigureAwait(false) == false)
            {
                return await writer.RunAsync(commit.Run, commit.Size, cancellationToken).ConfigureAwait(false);
            }
        }

        CommitResult? result = null;
        try
        {
            foreach (var slice in commit.Slices.SkipLast(1))
            {
                await WriteAsync(commit, slice, cancellationToken).ConfigureAwait(false);
            }

            result = await EndAsync(commit, cancellationToken).ConfigureAwait(false);
            return result;
        }
        finally
        {
            if (result is not CommitResult.Committed)
            {
                await TryUndoAsync(commit.Id).ConfigureAwait(false);
            }
        }
    }

    private async Task TryUndoAsync(ChatId id)
    {
        try
        {
            await UndoAsync(id).ConfigureAwait(false);
        }
        catch (ChatStoreException)
        {
            // It will be undone later, and the earlier failure is more informative.
        }
    }

    /// <summary>True if there may be more to remove.</summary>
    private static bool RemoveSlice(SqliteSession session, ChatId id)
    {
        using (var row = session.Query("import", SqliteStatements.IsImported, ("$id", id.Value)))
        {
            if (!row.Read())
            {
                return false;
            }
        }

        if (session.Execute(
            "import", SqliteStatements.RemoveMessagesOfBuried, ("$id", id.Value), ("$limit", DeletionSlice.Rows), ("$bytes", DeletionSlice.Bytes)) > 0)
        {
            return true;
        }

        session.Execute("import", SqliteStatements.EndImport, ("$id", id.Value));
        return false;
    }
}
