namespace DurableChat.PostgreSql;

/// <summary>
/// The state of an operation that is retried when its connection breaks. Used by one caller at a time.
/// </summary>
internal sealed class PostgresAttempt
{
    /// <summary>True if an earlier attempt may have succeeded although it failed here.</summary>
    public bool IsInDoubt { get; private set; }

    /// <summary>True once this attempt has a connection, so that the server may have received part of it.</summary>
    public bool IsSent { get; set; }

    /// <summary>Records how the attempt ended, before the next one.</summary>
    public void Fail(Exception exception)
    {
        IsInDoubt |= IsSent && !PostgresFaults.IsRefused(exception);
        IsSent = false;
    }
}
