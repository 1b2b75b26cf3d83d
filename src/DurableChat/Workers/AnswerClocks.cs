namespace DurableChat.Workers;

/// <summary>
/// Ends a model call if its provider sends no bytes or only keep-alives for too long, or if the call takes too long in
/// total. Thread-safe: bytes may be reported from any thread, even after the end.
/// </summary>
internal sealed class AnswerClocks : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeSpan _silence;
    private readonly TimeSpan _contentSilence;
    private readonly CancellationTokenSource _bytes;
    private readonly CancellationTokenSource _content;
    private readonly CancellationTokenSource _whole;
    private readonly CancellationTokenSource _any;
    private bool _isDisposed;

    /// <summary>Starts the timers.</summary>
    /// <param name="silence">How long no bytes may arrive.</param>
    /// <param name="contentSilence">How long only keep-alives may arrive.</param>
    /// <param name="answerTime">How long the call may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Also ends the call.</param>
    public AnswerClocks(
        TimeSpan silence,
        TimeSpan contentSilence,
        TimeSpan answerTime,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        (_silence, _contentSilence) = (silence, contentSilence);
        _bytes = new CancellationTokenSource(silence, time);
        _content = new CancellationTokenSource(contentSilence, time);
        _whole = new CancellationTokenSource(answerTime, time);
        _any = CancellationTokenSource.CreateLinkedTokenSource(
            _bytes.Token, _content.Token, _whole.Token, cancellationToken);
    }

    /// <summary>Cancelled when the call must end.</summary>
    public CancellationToken Token => _any.Token;

    /// <summary>True if a timer has expired.</summary>
    public bool HasExpired =>
        _bytes.IsCancellationRequested || _content.IsCancellationRequested || _whole.IsCancellationRequested;

    /// <summary>Reports that bytes have arrived.</summary>
    public void OnBytes()
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _bytes.CancelAfter(_silence);
            }
        }
    }

    /// <summary>Reports that the model has sent content.</summary>
    public void OnContent()
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _bytes.CancelAfter(_silence);
                _content.CancelAfter(_contentSilence);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
        }

        _any.Dispose();
        _whole.Dispose();
        _content.Dispose();
        _bytes.Dispose();
    }
}
