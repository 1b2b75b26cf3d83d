using System.Net.Sockets;
using DurableChat.Storage;
using Npgsql;

namespace DurableChat.PostgreSql;

/// <summary>Decides which faults are transient, and explains the others.</summary>
internal static class PostgresFaults
{
    /// <summary>True for every failure between this process and the database.</summary>
    public static bool IsFault(Exception exception) => exception is NpgsqlException or TimeoutException or IOException or SocketException;

    /// <summary>True for faults that a restart, a failover or a conflict with another transaction causes.</summary>
    public static bool Passes(Exception exception) => exception switch
    {
        // A full disk does not recover within the time of a failover, so the caller must learn of it at once.
        PostgresException { SqlState: PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.DiskFull } => false,
        PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.ReadOnlySqlTransaction } => true,
        NpgsqlException npgsql => npgsql.IsTransient || npgsql.InnerException is IOException or SocketException or EndOfStreamException,
        IOException or SocketException => true,
        _ => false,
    };

    /// <summary>True if the session is read-only: it is on a standby, or writes to the database are disabled.</summary>
    public static bool IsReadOnly(Exception exception) => exception is PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction };

    /// <summary>True if the database accepts no further connection. Open ones continue to work.</summary>
    public static bool IsFull(Exception exception) => exception is PostgresException { SqlState: PostgresErrorCodes.TooManyConnections };

    /// <summary>
    /// True if the server confirmed that a sent statement had no effect. A statement whose session was terminated may
    /// have committed just before.
    /// </summary>
    public static bool IsRefused(Exception exception) =>
        exception is PostgresException { SqlState: not (PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown) };

    /// <summary>Explains why a database cannot be opened, and what to do.</summary>
    public static ChatStoreException ExplainOpening(Exception exception, NpgsqlConnectionStringBuilder builder)
    {
        var server = $"{builder.Host}:{builder.Port}";
        var reason = exception switch
        {
            PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } refused =>
                $"{refused.MessageText}. Check the user name and the password in the connection string, and the server's pg_hba.conf.",
            PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } => "there is no such database. Create it (CREATE DATABASE), or correct the connection string.",
            PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } refused when refused.MessageText.Contains("table", StringComparison.Ordinal) =>
                $"{refused.MessageText}. Grant the user \"{builder.Username}\" SELECT, INSERT, UPDATE and DELETE, or make it the owner.",
            PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } refused =>
                $"{refused.MessageText}. The user needs the right to create tables: make it the owner of the database.",
            PostgresException { SqlState: PostgresErrorCodes.TooManyConnections } => "the server has no connection left. Raise its max_connections, or lower Store:MaxConnections.",
            PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } =>
                "it cannot be written to: it is a standby, or is set to be read-only. Connect to the primary, or allow writing.",
            PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable } =>
                "another session has held a lock of a table for too long. Find it in pg_locks and end it, or wait for it.",
            PostgresException { SqlState: PostgresErrorCodes.DiskFull or PostgresErrorCodes.OutOfMemory } refused => $"{refused.MessageText}. Make room on the database's machine.",
            PostgresException { SqlState: PostgresErrorCodes.ProtocolViolation or PostgresErrorCodes.DuplicatePreparedStatement or PostgresErrorCodes.InvalidSqlStatementName } refused =>
                $"{refused.MessageText}. A pooler in between does not allow that: remove the setting from the connection string, or connect directly.",
            PostgresException refused => $"{refused.MessageText} ({refused.SqlState}). Check the connection string.",
            NpgsqlException { InnerException: SocketException unreachable } =>
                $"no server answers there ({unreachable.Message}). Check host and port in the connection string, and that PostgreSQL runs and lets this machine in.",
            TimeoutException or NpgsqlException { InnerException: TimeoutException } =>
                "no server answers there in time. Check host and port in the connection string, and that no firewall is in between.",
            _ => $"{exception.Message} Check the connection string, and that the database exists.",
        };
        return new ChatStoreException($"The database '{builder.Database}' on {server} cannot be opened: {reason}", exception);
    }

    /// <summary>
    /// The explanation for an operator. It never contains the connection string, which may have a password.
    /// </summary>
    public static ChatStoreException Explain(Exception exception) => exception switch
    {
        PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } => new ChatStoreException("A statement took longer than the database allows.", exception),
        PostgresException postgres => new ChatStoreException($"PostgreSQL refused a statement: {postgres.MessageText} ({postgres.SqlState}).", exception),
        TimeoutException or NpgsqlException { InnerException: TimeoutException } => new ChatStoreException("PostgreSQL did not answer in time, or no connection became free.", exception),
        _ => new ChatStoreException($"PostgreSQL cannot be reached: {exception.Message}", exception),
    };
}
