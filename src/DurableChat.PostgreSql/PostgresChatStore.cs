using System.Diagnostics;
using System.Diagnostics.Metrics;
using DurableChat.Chats;
using DurableChat.Cluster;
using DurableChat.Diagnostics;
using DurableChat.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using NpgsqlTypes;

namespace DurableChat.PostgreSql;

/// <summary>
/// Stores chats in PostgreSQL, for any number of replicas. A commit is one statement, a read is one statement, and no
/// connection is held in between. Failures caused by a restart or failover of the database are retried. A commit whose
/// connection broke is looked up by its id, so that it is neither lost nor applied twice. Thread-safe.
/// </summary>
public sealed partial class PostgresChatStore
    : IChatStore, ILeaseStore, IClusterIdentity, IPublicKeyStore, IAsyncDisposable
{
    private static readonly TimeSpan _heartbeatTimeout = TimeSpan.FromSeconds(5);
    private readonly NpgsqlDataSource _source;
    private readonly PostgresSession _session;
    private readonly PostgresLanes _reads;
    private readonly PostgresLanes _writes;
    private readonly StoreMetrics _metrics;
    private readonly int _heartbeatSeconds;

    private PostgresChatStore(
        NpgsqlDataSource source,
        PostgresSession session,
        PostgresLanes reads,
        PostgresLanes writes,
        StoreMetrics metrics,
        TimeSpan heartbeatTimeout)
    {
        _heartbeatSeconds = Math.Max(1, (int)heartbeatTimeout.TotalSeconds);
        _source = source;
        _session = session;
        _reads = reads;
        _writes = writes;
        _metrics = metrics;
    }

    /// <summary>Connects, and brings the schema up to date.</summary>
    /// <exception cref="ChatStoreException">
    /// The database cannot be reached, or belongs to a newer version. The message says what to do.
    /// </exception>
    public static PostgresChatStore Open(
        PostgresStoreOptions options,
        StoreMetrics metrics,
        IMeterFactory? meters,
        TimeProvider time,
        ILogger<PostgresChatStore>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxConnections, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxConnections, 1_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.StatementTimeout, TimeSpan.FromMilliseconds(1));
        var (source, builder) = PostgresOpening.Open(
            options, new MigrationWait(options.MigrationWait, time, logger ?? NullLogger<PostgresChatStore>.Instance));
        var pool = new PoolMetrics(
            meters?.Create(DurableChatMeter.Name) ?? new Meter(DurableChatMeter.Name), builder.MaxPoolSize);
        var (reads, writes, requests) = SharesOf(builder.MaxPoolSize);
        var session = new PostgresSession(
            source, new SemaphoreSlim(requests), pool, metrics, options.FailoverTime, time);
        return new PostgresChatStore(
            source,
            session,
            new PostgresLanes(session, metrics, reads),
            new PostgresLanes(session, metrics, writes),
            metrics,
            options.HeartbeatTimeout ?? _heartbeatTimeout);
    }

    /// <inheritdoc/>
    public Task<Chat?> LoadAsync(ChatId id, CancellationToken cancellationToken) => ReadAsync(
        "load",
        () => ToCommand(PostgresStatements.Load, id),
        async row =>
        {
            await PostgresRows.ReadOwnAsync(row, id.Value).ConfigureAwait(false);
            if (row.IsDBNull(0))
            {
                return null;
            }

            var (columns, state) = PostgresRows.ReadChat(id, row);
            var queue = new List<QueuedMessage>();
            do
            {
                if (PostgresRows.ReadQueued(row) is { } queued)
                {
                    queue.Add(queued);
                }
            }
            while (await row.ReadAsync(CancellationToken.None).ConfigureAwait(false));
            return StoreJson.ReadState(columns, state, queue);
        },
        cancellationToken);

    /// <inheritdoc/>
    public async Task<CommitResult> CommitAsync(
        Transition transition,
        IdempotencyRecord? idempotency,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transition);
        transition.RequireCommitId();
        var started = Stopwatch.GetTimestamp();
        CommitResult? result = null;
        try
        {
            return result = await _session.RetryAsync(
                attempt => AttemptAsync(transition, idempotency, attempt, cancellationToken),
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _metrics.Commit(result, started);
        }
    }

    /// <inheritdoc/>
    public Task<MessagePage?> ReadMessagesAsync(ChatId id, MessageQuery query, CancellationToken cancellationToken)
    {
        _metrics.MessageRead(query.Reason);
        return ReadAsync(
            "read_messages",
            () =>
            {
                var command = ToCommand(
                    query.BeforeId is null ? PostgresStatements.ReadAfter : PostgresStatements.ReadBefore, id);
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = query.AfterId });
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = query.Limit });
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = query.MaxBytes });
                if (query.BeforeId is { } before)
                {
                    command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = before });
                }

                return command;
            },
            async row =>
            {
                await PostgresRows.ReadOwnAsync(row, id.Value).ConfigureAwait(false);
                if (row.IsDBNull(0))
                {
                    return null;
                }

                var (version, epoch, head) = (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2));
                var commitId = row.GetGuid(8);
                var messages = new List<Message>();
                if (!row.IsDBNull(3))
                {
                    do
                    {
                        messages.Add(PostgresRows.ReadMessage(row));
                    }
                    while (await row.ReadAsync(CancellationToken.None).ConfigureAwait(false));
                }

                return new MessagePage(version, epoch, head, messages) { CommitId = commitId };
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ChatSummary>> ListAsync(
        string owner,
        ChatListQuery query,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return _session.RequestAsync(
            async (connection, _, ct) =>
            {
                await using var command = connection.CreateCommand();
                command.CommandText = query.Archived is null
                    ? PostgresStatements.ListAll
                    : PostgresStatements.ListArchivedOrNot;
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = owner });
                command.Parameters.Add(new NpgsqlParameter<long>
                {
                    TypedValue = query.After is null
                    ? long.MaxValue
                    : PostgresRows.ToMicroseconds(query.After.UpdatedAt)
                });
                command.Parameters.Add(
                    new NpgsqlParameter<string> { TypedValue = query.After?.Id.Value ?? string.Empty });
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = query.Limit });
                if (query.Archived is { } archived)
                {
                    command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = archived });
                }

                _metrics.Statements("list");
                return await ReadSummariesAsync(command, ct).ConfigureAwait(false);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(ChatId id, CancellationToken cancellationToken) =>
        BuryAsync(id, () => ToCommand(PostgresStatements.BuryChat, id), cancellationToken);

    /// <inheritdoc/>
    public Task<IdempotencyRecord?> FindIdempotencyRecordAsync(
        ChatId id,
        string key,
        CancellationToken cancellationToken) => ReadAsync(
        "idempotency",
        () => PostgresKeys.ToCommand(id, key),
        row => PostgresKeys.ReadAsync(row, id, key),
        cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ChangedChat>> FindChangedAsync(
        IReadOnlyList<KnownChat> known,
        CancellationToken cancellationToken) => _session.RunAsync(
        "sync",
        command =>
        {
            command.CommandText = PostgresStatements.FindChanged;
            command.Parameters.Add(
                new NpgsqlParameter<string[]> { TypedValue = [.. known.Select(chat => chat.Id.Value)] });
            command.Parameters.Add(
                new NpgsqlParameter<long[]> { TypedValue = [.. known.Select(chat => chat.Version)] });
            command.Parameters.Add(
                new NpgsqlParameter<Guid[]> { TypedValue = [.. known.Select(chat => chat.CommitId)] });
            string?[] owners = [.. known.Select(chat => chat.Owner)];
            command.Parameters.Add(new NpgsqlParameter<string?[]> { TypedValue = owners });
            command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. known.Select(chat => chat.Epoch)] });
        },
        async (command, ct) =>
        {
            var changed = new List<ChangedChat>();
            await using var row = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
            while (await row.ReadAsync(ct).ConfigureAwait(false))
            {
                changed.Add(new ChangedChat(ChatId.Parse(row.GetString(0)), row.IsDBNull(1) ? null : row.GetInt64(1)));
            }

            return (IReadOnlyList<ChangedChat>)changed;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task HeartbeatAsync(
        string replica,
        string? address,
        TimeSpan leaseDuration,
        CancellationToken cancellationToken) => _session.RunAsync(
        "heartbeat",
        command =>
        {
            Prepare(command, PostgresStatements.Heartbeat, replica);
            command.CommandTimeout = _heartbeatSeconds;
            command.Parameters.Add(
                new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Text, Value = address ?? (object)DBNull.Value });
            command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = leaseDuration });
        },
        (command, ct) => command.ExecuteNonQueryAsync(ct),
        cancellationToken);

    /// <inheritdoc/>
    public Task RetireAsync(string replica, CancellationToken cancellationToken) => _session.RunAsync(
        "heartbeat",
        command => Prepare(command, PostgresStatements.Retire, replica),
        (command, ct) => command.ExecuteNonQueryAsync(ct),
        cancellationToken);

    /// <inheritdoc/>
    public Task<string?> FindAddressAsync(string replica, CancellationToken cancellationToken) => _session.RunAsync(
        "replicas",
        command => Prepare(command, PostgresStatements.FindAddress, replica),
        async (command, ct) => await command.ExecuteScalarAsync(ct).ConfigureAwait(false) as string,
        cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ReplicaInfo>> ListReplicasAsync(int limit, CancellationToken cancellationToken) =>
        _session.RunAsync(
            "replicas",
            command =>
            {
                command.CommandText = PostgresStatements.ListReplicas;
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
            },
            async (command, ct) =>
            {
                var replicas = new List<ReplicaInfo>();
                await using var row = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
                while (await row.ReadAsync(ct).ConfigureAwait(false))
                {
                    replicas.Add(new ReplicaInfo(
                        row.GetString(0),
                        row.IsDBNull(1) ? null : row.GetString(1),
                        row.GetTimeSpan(2),
                        row.GetInt32(3)));
                }

                return (IReadOnlyList<ReplicaInfo>)replicas;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<HeldLease>> ListLeasesAsync(string replica, CancellationToken cancellationToken) =>
        _session.RunAsync(
            "leases",
            command => Prepare(command, PostgresStatements.ListLeases, replica),
            async (command, ct) =>
            {
                var leases = new List<HeldLease>();
                await using var row = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
                while (await row.ReadAsync(ct).ConfigureAwait(false))
                {
                    leases.Add(new HeldLease(
                        ChatId.Parse(row.GetString(0)), row.GetInt64(1), row.GetInt64(2), row.GetBoolean(3)));
                }

                return (IReadOnlyList<HeldLease>)leases;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ClaimableChat>> FindClaimableAsync(ClaimQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return _session.RunAsync(
            "claimable",
            command =>
            {
                Prepare(command, PostgresStatements.FindClaimable, query.Replica);
                command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = query.LeaseDuration });
                command.Parameters.Add(new NpgsqlParameter<long>
                {
                    TypedValue = query.After is null
                    ? long.MinValue
                    : PostgresRows.ToMicroseconds(query.After.UpdatedAt)
                });
                command.Parameters.Add(
                    new NpgsqlParameter<string> { TypedValue = query.After?.Id.Value ?? string.Empty });
                command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. query.ExceptOwners] });
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = query.Limit });
                command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. query.Suspects] });
                command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = query.SuspectAfter });
            },
            async (command, ct) =>
            {
                var chats = new List<ClaimableChat>();
                await using var row = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
                while (await row.ReadAsync(ct).ConfigureAwait(false))
                {
                    chats.Add(new ClaimableChat(
                        ChatId.Parse(row.GetString(0)),
                        row.GetString(1),
                        row.IsDBNull(2) ? null : row.GetInt64(2),
                        PostgresRows.FromMicroseconds(row.GetInt64(3))));
                }

                return (IReadOnlyList<ClaimableChat>)chats;
            },
            cancellationToken);
    }

    /// <summary>Closes all connections.</summary>
    public ValueTask DisposeAsync() => _source.DisposeAsync();

    /// <summary>
    /// How many connections of a pool may be used by the lanes of reads, by those of commits, and by lists and
    /// deletions. The rest is reserved for rare statements that must not wait, such as heartbeats.
    /// </summary>
    private static (int Reads, int Writes, int Requests) SharesOf(int connections) =>
        (Math.Max(1, connections * 3 / 10), Math.Max(1, connections * 4 / 10), Math.Max(1, connections / 10));

    private Task<T> ReadAsync<T>(
        string operation,
        Func<NpgsqlBatchCommand> command,
        Func<NpgsqlDataReader, Task<T>> read,
        CancellationToken cancellationToken) =>
        _session.RetryAsync(
            _ => _reads.RunAsync(new PostgresStatement<T>(operation, command, read), writes: false, cancellationToken),
            cancellationToken);

    /// <summary>
    /// Makes one attempt at a commit. A refused commit asks again only if it has a key or follows a broken attempt.
    /// Cancellation ends only the wait in the queue: once the commit is sent, its outcome must be known.
    /// </summary>
    /// <exception cref="ChatStoreException">It is unknown whether an earlier attempt committed.</exception>
    private async Task<CommitResult> AttemptAsync(
        Transition transition,
        IdempotencyRecord? idempotency,
        PostgresAttempt attempt,
        CancellationToken cancellationToken)
    {
        // A repetition that is refused by the limit on chats would leave the row alone and settle nothing: the first
        // attempt might still create the chat.
        var asked = attempt.IsInDoubt ? transition with { MaxChatsOfOwner = null } : transition;
        var statement = new PostgresStatement<CommitResult>(
            "commit",
            () => PostgresCommit.ToCommand(asked, idempotency),
            row => PostgresCommit.ReadAsync(row, asked, idempotency));
        CommitResult result;
        try
        {
            result = await _writes.RunAsync(statement, writes: true, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            attempt.IsSent = statement.IsSent;
        }

        if (result is CommitResult.Committed)
        {
            return result;
        }

        // The server may still execute a statement whose connection has broken. Only a second attempt at the same
        // compare-and-swap settles the first: it has waited for the row's lock, so the row is now final.
        if (attempt.IsInDoubt && await IsOursAsync(transition.Next).ConfigureAwait(false))
        {
            return new CommitResult.Committed();
        }

        // A statement that waited for another with the same key does not see what that one wrote; the next statement
        // does.
        return result is CommitResult.Conflict or CommitResult.TooManyChats && idempotency is not null
            && await FindIdempotencyRecordAsync(
                transition.Next.Id, idempotency.Key, CancellationToken.None).ConfigureAwait(false) is { } record
                ? new CommitResult.Repeated(record)
                : result;
    }

    private async Task<bool> IsOursAsync(Chat chat)
    {
        var (version, lastCommitId) = await ReadAsync(
            "commit",
            () => ToCommand(PostgresStatements.FindCommit, chat.Id),
            async row =>
            {
                await PostgresRows.ReadOwnAsync(row, chat.Id.Value).ConfigureAwait(false);
                return row.IsDBNull(0) ? (0, Guid.Empty) : (row.GetInt64(0), row.GetGuid(1));
            },
            CancellationToken.None).ConfigureAwait(false);
        return version <= chat.Version
            ? version == chat.Version && lastCommitId == chat.CommitId
            : throw new ChatStoreException(
                "The connection broke in a commit, and the chat has gone on since: whether the commit took part in "
                    + "that is not known.");
    }

    private static async Task<IReadOnlyList<ChatSummary>> ReadSummariesAsync(
        NpgsqlCommand command,
        CancellationToken cancellationToken)
    {
        var chats = new List<ChatSummary>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            chats.Add(PostgresRows.ReadSummary(row));
        }

        return chats;
    }

    private static void Prepare(NpgsqlCommand command, string sql, string id)
    {
        command.CommandText = sql;
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
    }

    private static void Prepare(NpgsqlCommand command, string sql, string id, string second)
    {
        Prepare(command, sql, id);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = second });
    }

    private static NpgsqlBatchCommand ToCommand(string sql, ChatId id) =>
        new(sql) { Parameters = { new NpgsqlParameter<string> { TypedValue = id.Value } } };
}
