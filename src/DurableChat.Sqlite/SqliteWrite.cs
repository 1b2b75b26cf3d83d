namespace DurableChat.Sqlite;

/// <summary>A write that waits in line, runs once, and is told its outcome only after the transaction it ran in has ended. Thread-safe.</summary>
/// <param name="size">About how many characters it writes.</param>
internal abstract class SqliteWrite(int size)
{
    private int _taken;

    /// <summary>About how many characters it writes.</summary>
    public int Size { get; } = size;

    /// <summary>Claims the write, for running it or for withdrawing it; false if that has happened.</summary>
    public bool TryTake() => Interlocked.Exchange(ref _taken, 1) == 0;

    /// <summary>Runs it within the writer's transaction and remembers the result.</summary>
    public abstract void Run(SqliteSession session);

    /// <summary>Tells the caller the result, now that it is durable.</summary>
    public abstract void Complete();

    /// <summary>Tells the caller that it failed.</summary>
    public abstract void Fail(Exception exception);

    /// <summary>Tells the caller that it was withdrawn before it ran.</summary>
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
