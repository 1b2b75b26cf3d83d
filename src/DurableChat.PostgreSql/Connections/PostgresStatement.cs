using System.Diagnostics;
using Npgsql;

namespace DurableChat.PostgreSql;

/// <summary>
/// A queued statement that shares a round trip with others and passes its result to its caller. Thread-safe.
/// </summary>
internal abstract class PostgresStatement(string operation)
{
    private int _taken;

    /// <summary>Its name in metrics.</summary>
    public string Operation => operation;

    /// <summary>The <see cref="Stopwatch"/> timestamp when its wait began.</summary>
    public long Since { get; } = Stopwatch.GetTimestamp();

    /// <summary>
    /// True once it has been sent. Only then can a failure leave its outcome unknown. Read this after it has ended.
    /// </summary>
    public bool IsSent { get; set; }

    /// <summary>Claims the statement in order to send or withdraw it; false if it was already claimed.</summary>
    public bool TryTake() => Interlocked.Exchange(ref _taken, 1) == 0;

    public abstract NpgsqlBatchCommand ToCommand();

    /// <summary>Reads its result, at the reader's position.</summary>
    public abstract Task ReadAsync(NpgsqlDataReader row);

    /// <summary>Passes the result to the caller, now that the statement's transaction has ended.</summary>
    public abstract void Complete();

    public abstract void Fail(Exception exception);

    public abstract void Cancel(CancellationToken cancellationToken);
}

/// <inheritdoc/>
internal sealed class PostgresStatement<T>(string operation, Func<NpgsqlBatchCommand> make, Func<NpgsqlDataReader, Task<T>> read) : PostgresStatement(operation)
{
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public Task<T> Task => _completion.Task;

    public override NpgsqlBatchCommand ToCommand() => make();

    public override async Task ReadAsync(NpgsqlDataReader row) => _result = await read(row).ConfigureAwait(false);

    public override void Complete() => _completion.TrySetResult(_result!);

    public override void Fail(Exception exception)
    {
        if (_completion.TrySetException(exception))
        {
            // The caller may be gone, so the exception is marked as observed.
            _ = _completion.Task.Exception;
        }
    }

    public override void Cancel(CancellationToken cancellationToken) => _completion.TrySetCanceled(cancellationToken);
}
