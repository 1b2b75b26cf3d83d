using DurableChat.Chats;
using DurableChat.Diagnostics;
using DurableChat.Storage;
using Npgsql;

namespace DurableChat.PostgreSql;

/// <summary>One attempt at one commit, on one connection. All attempts at a commit carry the same id, which the chat's row keeps.</summary>
internal sealed class PostgresCommitAttempt(NpgsqlConnection connection, StoreMetrics metrics, Transition transition, IdempotencyRecord? idempotency, Guid commitId)
{
    private ChatId ChatId => transition.Next.Id;

    /// <summary>Commits, in one statement. Only an attempt that is refused, and has a key or a broken attempt before it, asks once more.</summary>
    /// <param name="isInDoubt">True if an attempt before may have done the commit.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ChatStoreException">Whether the attempt before did the commit cannot be told.</exception>
    public async Task<CommitResult> RunAsync(bool isInDoubt, CancellationToken cancellationToken)
    {
        var result = await TryAsync(cancellationToken).ConfigureAwait(false);
        if (result is CommitResult.Committed)
        {
            return result;
        }

        // The server may go on with a statement whose connection has broken, so only a second attempt at the same compare-and-swap settles the first: it now has
        // the row's lock behind it, and what the row says is final.
        if (isInDoubt && await IsOursAsync(cancellationToken).ConfigureAwait(false))
        {
            return new CommitResult.Committed();
        }

        // A statement that had to wait for another with the same key does not see what that one wrote; the next statement does.
        return result is CommitResult.Conflict && idempotency is not null && await FindKeyAsync(idempotency.Key, cancellationToken).ConfigureAwait(false) is { } record
            ? new CommitResult.Repeated(record)
            : result;
    }

    private async Task<CommitResult> TryAsync(CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        PostgresCommit.Prepare(command, transition, idempotency, commitId);
        metrics.Statements("commit");
        return await PostgresCommit.ReadAsync(command, idempotency, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> IsOursAsync(CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = PostgresStatements.FindCommit;
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = ChatId.Value });
        metrics.Statements("commit");
        await using var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        if (!await row.ReadAsync(cancellationToken).ConfigureAwait(false) || row.GetInt64(0) < transition.Next.Version)
        {
            return false;
        }

        if (row.GetInt64(0) == transition.Next.Version)
        {
            return row.GetGuid(1) == commitId;
        }

        throw new ChatStoreException("The connection broke in a commit, and the chat has gone on since: whether the commit took part in that is not known.");
    }

    private async Task<IdempotencyRecord?> FindKeyAsync(string key, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        PostgresKeys.Prepare(command, ChatId, key);
        metrics.Statements("commit");
        return await PostgresKeys.ReadAsync(command, key, cancellationToken).ConfigureAwait(false);
    }
}
