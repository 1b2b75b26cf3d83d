namespace DurableChat.Workers;

/// <summary>
/// Ends a model call whose provider has sent no byte for too long, or nothing but keep-alives, or that takes too long altogether.
/// Thread-safe: bytes are reported from wherever they arrive, possibly after the end.
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

    /// <summary>Starts the clocks.</summary>
    /// <param name="silence">How long no byte may come.</param>
    /// <param name="contentSilence">How long nothing but keep-alives may come.</param>
    /// <param name="answerTime">How long the call may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">What else ends the call.</param>
    public AnswerClocks(TimeSpan silence, TimeSpan contentSilence, TimeSpan answerTime, TimeProvider time, CancellationToken cancellationToken)
    {
        (_silence, _contentSilence) = (silence, contentSilence);
        _bytes = new CancellationTokenSource(silence, time);
        _content = new CancellationTokenSource(contentSilence, time);
        _whole = new CancellationTokenSource(answerTime, time);
        _any = CancellationTokenSource.CreateLinkedTokenSource(_bytes.Token, _content.Token, _whole.Token, cancellationToken);
    }

    /// <summary>Ends the call.</summary>
    public CancellationToken Token => _any.Token;

    /// <summary>True if a clock has run out.</summary>
    public bool HasExpired => _bytes.IsCancellationRequested || _content.IsCancellationRequested || _whole.IsCancellationRequested;

    /// <summary>Bytes have arrived.</summary>
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

    /// <summary>The model has said something.</summary>
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
