using System.Diagnostics;
using System.Text;
using System.Text.Json;
using DurableChat.Chats;
using DurableChat.Diagnostics;
using DurableChat.Storage;
using Microsoft.Data.Sqlite;

namespace DurableChat.Sqlite;

/// <summary>
/// Stores chats in a SQLite file, for one process. Commits go through one writer that makes many durable at once; reads
/// run concurrently. A lock file keeps a second process out. Thread-safe.
/// </summary>
public sealed partial class SqliteChatStore : IChatStore, ILeaseStore, IAsyncDisposable
{
    private readonly SqliteFileLock _lock;
    private readonly SqliteWriter _writer;
    private readonly SqliteImports _imports;
    private readonly SqliteReaderPool _readers;
    private readonly StoreMetrics _metrics;
    private readonly TimeProvider _time;

    private SqliteChatStore(
        SqliteFileLock fileLock,
        SqliteWriter writer,
        SqliteReaderPool readers,
        StoreMetrics metrics,
        TimeProvider time)
    {
        _lock = fileLock;
        _writer = writer;
        _imports = new SqliteImports(writer, time);
        _readers = readers;
        _metrics = metrics;
        _time = time;
    }

    /// <inheritdoc/>
    /// <remarks>The lock keeps other processes out.</remarks>
    public bool IsShared => false;

    /// <summary>Opens the database, creates it if it does not exist, and brings its schema up to date.</summary>
    /// <exception cref="ChatStoreException">
    /// The database cannot be opened, is in use, or belongs to a newer version. The message says what to do.
    /// </exception>
    public static SqliteChatStore Open(SqliteStoreOptions options, StoreMetrics metrics, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Readers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Readers, 64);
        var path = Locate(options.Path);
        var fileLock = SqliteFileLock.Take(path);
        try
        {
            PrivateFiles.Create(path);
            var connection = SqliteConnections.OpenWriter(path, opened =>
            {
                SqliteMigrations.RefuseForeign(opened, path);
                PrivateFiles.Close(path);
            });
            var session = new SqliteSession(connection, metrics);
            try
            {
                SqliteCheck.Run(connection, path, options.CheckTime, TimeProvider.System);
                SqliteMigrations.Apply(connection, path);

                // The lock guarantees that no other process is running, so earlier leases and imports are dead.
                SqliteConnections.Execute(connection, SqliteStatements.RetireAll);
                SqliteImports.RemoveLeft(session);
            }
            catch
            {
                session.Dispose();
                throw;
            }

            return new SqliteChatStore(
                fileLock,
                new SqliteWriter(session, path),
                new SqliteReaderPool(path, options.Readers, metrics),
                metrics,
                time);
        }
        catch (SqliteException exception)
        {
            fileLock.Dispose();
            throw SqliteConnections.Explain(exception, path);
        }
        catch
        {
            fileLock.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<Chat?> LoadAsync(ChatId id, CancellationToken cancellationToken) => _readers.RunAsync(
        session =>
        {
            (Chat Columns, string State) read;
            using (var row = session.Query("load", SqliteStatements.LoadChat, ("$id", id.Value)))
            {
                if (!row.Read())
                {
                    return null;
                }

                read = SqliteRows.ReadChat(id, row);
            }

            var queue = new List<QueuedMessage>();
            using (var row = session.Query("load", SqliteStatements.LoadQueue, ("$id", id.Value)))
            {
                while (row.Read())
                {
                    queue.Add(SqliteRows.ReadQueued(row));
                }
            }

            return StoreJson.ReadState(read.Columns, read.State, queue);
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
            result = await _imports.CommitAsync(new SqliteCommit(transition, idempotency), cancellationToken)
                .ConfigureAwait(false);
            return result;
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
        return _readers.RunAsync(session => ReadMessages(session, id, query), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ChatSummary>> ListAsync(
        string owner,
        ChatListQuery query,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return _readers.RunLongAsync<IReadOnlyList<ChatSummary>>(
            session =>
            {
                var chats = new List<ChatSummary>();
                using var row = List(session, owner, query);
                while (row.Read())
                {
                    chats.Add(SqliteRows.ReadSummary(row));
                }

                return chats;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(ChatId id, CancellationToken cancellationToken) =>
        RemoveAsync(id, null, cancellationToken);

    /// <inheritdoc/>
    public Task<IdempotencyRecord?> FindIdempotencyRecordAsync(
        ChatId id,
        string key,
        CancellationToken cancellationToken) =>
        _readers.RunAsync(
            session => SqliteCommit.Find(session, "idempotency", id, key, _time.GetUtcNow()), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ChangedChat>> FindChangedAsync(
        IReadOnlyList<KnownChat> known,
        CancellationToken cancellationToken) =>
        _readers.RunAsync<IReadOnlyList<ChangedChat>>(
            session =>
            {
                var json = JsonSerializer.Serialize(known.Select(chat => (object?[])
                    [chat.Id.Value, chat.Version, SqliteRows.ToText(chat.CommitId), chat.Owner, chat.Epoch]));
                var changed = new List<ChangedChat>();
                using var row = session.Query("sync", SqliteStatements.FindChanged, ("$known", json));
                while (row.Read())
                {
                    changed.Add(
                        new ChangedChat(ChatId.Parse(row.GetString(0)), row.IsDBNull(1) ? null : row.GetInt64(1)));
                }

                return changed;
            },
            cancellationToken);

    /// <inheritdoc/>
    /// <remarks>One process needs no address.</remarks>
    public Task HeartbeatAsync(
        string replica,
        string? address,
        TimeSpan leaseDuration,
        CancellationToken cancellationToken) => _writer.RunAsync(
        session => session.Execute(
            "heartbeat",
            SqliteStatements.Heartbeat,
            ("$id", replica),
            ("$now", SqliteRows.ToMicroseconds(_time.GetUtcNow())),
            ("$gap", ToMicroseconds(leaseDuration / 2))),
        cancellationToken);

    /// <inheritdoc/>
    public Task RetireAsync(string replica, CancellationToken cancellationToken) =>
        _writer.RunAsync(
            session => session.Execute("heartbeat", SqliteStatements.Retire, ("$id", replica)), cancellationToken);

    /// <inheritdoc/>
    public Task<string?> FindAddressAsync(string replica, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(null);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ReplicaInfo>> ListReplicasAsync(int limit, CancellationToken cancellationToken) =>
        _readers.RunLongAsync<IReadOnlyList<ReplicaInfo>>(
            session =>
            {
                var replicas = new List<ReplicaInfo>();
                var now = SqliteRows.ToMicroseconds(_time.GetUtcNow());
                using var row = session.Query("replicas", SqliteStatements.ListReplicas, ("$limit", limit));
                while (row.Read())
                {
                    replicas.Add(new ReplicaInfo(
                        row.GetString(0), null, TimeSpan.FromMicroseconds(now - row.GetInt64(1)), row.GetInt32(2)));
                }

                return replicas;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<HeldLease>> ListLeasesAsync(string replica, CancellationToken cancellationToken) =>
        _readers.RunAsync<IReadOnlyList<HeldLease>>(
            session =>
            {
                var leases = new List<HeldLease>();
                using var row = session.Query("leases", SqliteStatements.ListLeases, ("$id", replica));
                while (row.Read())
                {
                    leases.Add(new HeldLease(
                        ChatId.Parse(row.GetString(0)), row.GetInt64(1), row.GetInt64(2), row.GetBoolean(3)));
                }

                return leases;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ClaimableChat>> FindClaimableAsync(ClaimQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return _readers.RunAsync<IReadOnlyList<ClaimableChat>>(
            session =>
            {
                var chats = new List<ClaimableChat>();
                using var row = session.Query(
                    "claimable",
                    SqliteStatements.FindClaimable,
                    ("$id", query.Replica),
                    ("$now", SqliteRows.ToMicroseconds(_time.GetUtcNow())),
                    ("$lease", ToMicroseconds(query.LeaseDuration)),
                    ("$gap", ToMicroseconds(query.LeaseDuration / 2)),
                    ("$after_time", query.After is null
                        ? long.MinValue
                        : SqliteRows.ToMicroseconds(query.After.UpdatedAt)),
                    ("$after_id", query.After?.Id.Value ?? string.Empty),
                    ("$except", JsonSerializer.Serialize(query.ExceptOwners)),
                    ("$limit", query.Limit));
                while (row.Read())
                {
                    chats.Add(new ClaimableChat(
                        ChatId.Parse(row.GetString(0)),
                        row.GetString(1),
                        row.IsDBNull(2) ? null : row.GetInt64(2),
                        SqliteRows.FromMicroseconds(row.GetInt64(3))));
                }

                return chats;
            },
            cancellationToken);
    }

    /// <summary>Completes the waiting writes and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync().ConfigureAwait(false);
        await _readers.DisposeAsync().ConfigureAwait(false);
        _lock.Dispose();
    }

    private static long ToMicroseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;

    private static MessagePage? ReadMessages(SqliteSession session, ChatId id, MessageQuery query)
    {
        long version, epoch, head;
        Guid commitId;
        using (var row = session.Query("read_messages", SqliteStatements.ReadHead, ("$id", id.Value)))
        {
            if (!row.Read())
            {
                return null;
            }

            (version, epoch, head, commitId) = (
                row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), SqliteRows.ToCommitId(row.GetString(3)));
        }

        var messages = new List<Message>();
        long bytes = 0;
        using (var row = query.BeforeId is { } before
            ? session.Query(
                "read_messages",
                SqliteStatements.ReadBefore,
                ("$id", id.Value),
                ("$after", query.AfterId),
                ("$before", before),
                ("$limit", query.Limit))
            : session.Query(
                "read_messages",
                SqliteStatements.ReadAfter,
                ("$id", id.Value),
                ("$after", query.AfterId),
                ("$limit", query.Limit)))
        {
            while (row.Read())
            {
                var body = row.GetString(4);
                bytes += Encoding.UTF8.GetByteCount(body);
                if (messages.Count > 0 && bytes > query.MaxBytes)
                {
                    break;
                }

                messages.Add(SqliteRows.ReadMessage(row, body));
            }
        }

        if (query.BeforeId is not null)
        {
            messages.Reverse();
        }

        return new MessagePage(version, epoch, head, messages) { CommitId = commitId };
    }

    /// <summary>
    /// The first page starts from a key above all others. With an optional condition SQLite would not seek, and each
    /// page would cost as much as all pages before it.
    /// </summary>
    private static SqliteDataReader List(SqliteSession session, string owner, ChatListQuery query)
    {
        var (time, id) = query.After is { } after
            ? (SqliteRows.ToMicroseconds(after.UpdatedAt), after.Id.Value)
            : (long.MaxValue, string.Empty);
        return query.Archived is { } archived
            ? session.Query(
                "list",
                SqliteStatements.ListArchivedOrNot,
                ("$owner", owner),
                ("$archived", archived),
                ("$after_time", time),
                ("$after_id", id),
                ("$limit", query.Limit))
            : session.Query(
                "list",
                SqliteStatements.ListAll,
                ("$owner", owner),
                ("$after_time", time),
                ("$after_id", id),
                ("$limit", query.Limit));
    }

    /// <summary>
    /// Resolves symbolic links, so that every path to a file uses the same lock. Creates the folder if it does not
    /// exist.
    /// </summary>
    internal static string Locate(string given)
    {
        var path = Path.GetFullPath(given);
        try
        {
            var file = new FileInfo(path);
            path = file.LinkTarget is null ? path : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
            PrivateFiles.CreateFolder(Path.GetDirectoryName(path)!);
            return path;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ChatStoreException(
                $"The folder of the database '{path}' cannot be made. Check the path and its permissions.", exception);
        }
    }
}
