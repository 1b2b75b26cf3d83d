using DurableChat.Recorder.Recordings;
using Microsoft.Extensions.Logging;

namespace DurableChat.Recorder;

/// <summary>One request to a provider, and its answer as it arrives. It goes on whether or not it is read.
/// Thread-safe.</summary>
internal sealed partial class Exchange : IDisposable
{
    private const int ReadBytes = 16 * 1024;
    private readonly HttpMessageInvoker _network;
    private readonly ILogger _logger;
    private readonly string _host;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<AnswerHead?> _head = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Makes one; <see cref="RunAsync"/> sends the request.</summary>
    public Exchange(ProviderRequest request, Recording recording, HttpMessageInvoker network, ILogger logger)
    {
        (_network, _logger, _host) = (network, logger, request.Target.Authority);
        Recording = recording;
        Request = request;
    }

    /// <summary>How the answer begins; null if none came.</summary>
    public Task<AnswerHead?> Head => _head.Task;

    /// <summary>The body of the answer.</summary>
    public Recording Recording { get; }

    /// <summary>What is asked; null once it was sent, so that its memory goes.</summary>
    private ProviderRequest? Request { get; set; }

    /// <summary>Asks the provider, and records what comes until it ends or <see cref="Cancel"/> is called.</summary>
    /// <returns>True if it was a success and is whole.</returns>
    public async Task<bool> RunAsync()
    {
        var isWhole = false;
        var isSuccess = false;
        try
        {
            using var message = Request!.ToMessage();
            using var response = await _network.SendAsync(message, _stop.Token).ConfigureAwait(false);
            Request = null;
            message.Content = null;
            isSuccess = response.IsSuccessStatusCode;
            _head.TrySetResult(new AnswerHead((int)response.StatusCode, ProviderHeaders.Of(response)));
            var body = await response.Content.ReadAsStreamAsync(_stop.Token).ConfigureAwait(false);
            var buffer = new byte[ReadBytes];
            while (await body.ReadAsync(buffer, _stop.Token).ConfigureAwait(false) is > 0 and var read)
            {
                await Recording.AppendAsync(buffer.AsMemory(0, read), _stop.Token).ConfigureAwait(false);
            }

            isWhole = true;
        }
#pragma warning disable CA1031 // Whatever ends the exchange is for its readers to see, and must not end the recorder.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (!_stop.IsCancellationRequested)
            {
                LogBroken(_host, Recording.Length, exception.Message);
            }
        }

        Request = null;
        Recording.End(isBroken: !isWhole);
        _head.TrySetResult(null);
        return isWhole && isSuccess;
    }

    /// <summary>Ends the request at the provider.</summary>
    public void Cancel()
    {
        try
        {
            _ = _stop.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It has ended.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Recording.Dispose();
        _head.TrySetResult(null);
    }

    [LoggerMessage(1, LogLevel.Warning, "The answer of {Host} broke off after {Bytes} bytes: {Reason}")]
    private partial void LogBroken(string host, long bytes, string reason);
}
