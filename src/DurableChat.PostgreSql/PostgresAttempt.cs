namespace DurableChat.PostgreSql;

/// <summary>What is known of the attempts at something that is tried again when its connection breaks. Used by one caller at a time.</summary>
internal sealed class PostgresAttempt
{
    /// <summary>True if an earlier attempt may have done its work all the same.</summary>
    public bool IsInDoubt { get; private set; }

    /// <summary>True once this attempt has a connection, so that the server may have got something of it.</summary>
    public bool IsSent { get; set; }

    /// <summary>Takes note of how the attempt ended, before the next one.</summary>
    public void Fail(Exception exception)
    {
        IsInDoubt |= IsSent && !PostgresFaults.IsRefused(exception);
        IsSent = false;
    }
}
