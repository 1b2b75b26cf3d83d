namespace DurableChat.Sqlite;

/// <summary>
/// A queued write that runs once. Its result is passed to the caller only after the transaction has ended. Thread-safe.
/// </summary>
/// <param name="size">The approximate number of characters that it writes.</param>
internal abstract class SqliteWrite(int size)
{
    private int _taken;

    /// <summary>The approximate number of characters that it writes.</summary>
    public int Size { get; } = size;

    /// <summary>Claims the write in order to run or withdraw it; false if it was already claimed.</summary>
    public bool TryTake() => Interlocked.Exchange(ref _taken, 1) == 0;

    /// <summary>Runs it within the writer's transaction and keeps the result.</summary>
    public abstract void Run(SqliteSession session);

    /// <summary>Passes the result, which is now durable, to the caller.</summary>
    public abstract void Complete();

    /// <summary>Reports a failure to the caller.</summary>
    public abstract void Fail(Exception exception);

    /// <summary>Reports to the caller that the write was withdrawn before it ran.</summary>
    public abstract void Cancel(CancellationToken cancellationToken);
}

/// <inheritdoc/>
internal sealed class SqliteWrite<T>(Func<SqliteSession, T> work, int size) : SqliteWrite(size)
{
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public Task<T> Task => _completion.Task;

    public override void Run(SqliteSession session) => _result = work(session);

    public override void Complete() => _completion.TrySetResult(_result!);

    public override void Fail(Exception exception) => _completion.TrySetException(exception);

    public override void Cancel(CancellationToken cancellationToken) => _completion.TrySetCanceled(cancellationToken);
}
