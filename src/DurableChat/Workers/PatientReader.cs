namespace DurableChat.Workers;

/// <summary>
/// Reads a sequence that may ignore its token: a wait ends with the token all the same, and the sequence is disposed of whenever it
/// returns. Used by one caller at a time.
/// </summary>
internal sealed class PatientReader<T>(IAsyncEnumerator<T> items) : IAsyncDisposable
{
    private Task<bool>? _pending;

    /// <summary>What was read last.</summary>
    public T Current => items.Current;

    /// <summary>Reads the next item; false at the end.</summary>
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
            // Seen, also if it failed after its reader had given up.
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
#pragma warning disable CA1031 // Its reader has gone, so there is no one to report it to.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
