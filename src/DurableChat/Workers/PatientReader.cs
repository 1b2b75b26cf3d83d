namespace DurableChat.Workers;

/// <summary>
/// Reads a sequence that may ignore its token. The token still ends each wait, and the sequence is disposed when it
/// eventually returns. Used by one caller at a time.
/// </summary>
internal sealed class PatientReader<T>(IAsyncEnumerator<T> items) : IAsyncDisposable
{
    private Task<bool>? _pending;

    /// <summary>The item that was read last.</summary>
    public T Current => items.Current;

    /// <summary>Reads the next item. False at the end.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var next = items.MoveNextAsync();
        if (next.IsCompleted)
        {
            return await next.ConfigureAwait(false);
        }

        _pending = next.AsTask();
        return await _pending.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (_pending is not { IsCompleted: false } pending)
        {
            // Marks the exception as observed, even if it occurred after the reader gave up.
            _ = _pending?.Exception;
            return items.DisposeAsync();
        }

        _ = DisposeLaterAsync(pending);
        return ValueTask.CompletedTask;
    }

    private async Task DisposeLaterAsync(Task pending)
    {
        await pending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await items.DisposeAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The reader is gone, so there is no caller to report it to.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
