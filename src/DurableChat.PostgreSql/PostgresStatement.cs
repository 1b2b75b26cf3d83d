using System.Diagnostics;
using Npgsql;

namespace DurableChat.PostgreSql;

/// <summary>A statement that waits for its turn, shares a round trip with others, and tells its caller what came of it. Thread-safe.</summary>
internal abstract class PostgresStatement(string operation)
{
    private int _taken;

    /// <summary>What the metrics call it.</summary>
    public string Operation => operation;

    /// <summary>The <see cref="Stopwatch"/> timestamp since which it waits.</summary>
    public long Since { get; } = Stopwatch.GetTimestamp();

    /// <summary>Whether it has been sent. Only then can a failure leave in doubt whether it was carried out. To be read once it has ended.</summary>
    public bool IsSent { get; set; }

    /// <summary>Claims the statement, for sending it or for withdrawing it; false if that has happened.</summary>
    public bool TryTake() => Interlocked.Exchange(ref _taken, 1) == 0;

    public abstract NpgsqlBatchCommand ToCommand();

    /// <summary>Reads the answer, whose turn it is.</summary>
    public abstract Task ReadAsync(NpgsqlDataReader row);

    /// <summary>Tells the caller what was read, now that the statement's transaction has ended.</summary>
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
            // The caller may have gone.
            _ = _completion.Task.Exception;
        }
    }

    public override void Cancel(CancellationToken cancellationToken) => _completion.TrySetCanceled(cancellationToken);
}
