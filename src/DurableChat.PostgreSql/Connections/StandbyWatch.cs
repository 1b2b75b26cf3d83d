using DurableChat.Storage;
using Npgsql;

namespace DurableChat.PostgreSql;

/// <summary>
/// Detects commits on a connection that no synchronous standby has confirmed, for as long as this object lives. If a
/// statement times out while its commit waits for a standby, PostgreSQL ends the wait with a warning and reports
/// success (https://www.postgresql.org/docs/current/warm-standby.html#SYNCHRONOUS-REPLICATION).
/// </summary>
internal sealed class StandbyWatch : IDisposable
{
    private readonly NpgsqlConnection _connection;
    private bool _isUnconfirmed;

    public StandbyWatch(NpgsqlConnection connection)
    {
        _connection = connection;
        _connection.Notice += OnNotice;
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Notice -= OnNotice;

    /// <summary>
    /// The error for unconfirmed commits since the last call; null if all are confirmed or need no confirmation.
    /// </summary>
    public ChatStoreException? Take()
    {
        if (!_isUnconfirmed)
        {
            return null;
        }

        _isUnconfirmed = false;
        return new ChatStoreException("No standby confirmed a commit in time: it is on the primary alone.");
    }

    private void OnNotice(object sender, NpgsqlNoticeEventArgs told) => _isUnconfirmed |= told.Notice.SqlState == PostgresErrorCodes.Warning;
}
