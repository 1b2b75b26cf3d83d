using DurableChat.Storage;
using Npgsql;

namespace DurableChat.PostgreSql;

/// <summary>
/// Hears, while it lives, whether a commit on a connection was left without a synchronous standby's word. A statement that takes too long is cancelled; if it has committed and waits for a
/// standby, that ends the wait with a warning, and the answer is that of a success (https://www.postgresql.org/docs/current/warm-standby.html#SYNCHRONOUS-REPLICATION).
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

    /// <summary>What to tell of the commits since it was last asked; null if they are confirmed, or need not be.</summary>
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
