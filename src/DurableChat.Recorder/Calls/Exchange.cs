using DurableChat.Recorder.Recordings;
using Microsoft.Extensions.Logging;

namespace DurableChat.Recorder.Calls;

/// <summary>
/// One request to a provider and its response as it arrives. It continues whether or not it has readers. Thread-safe.
/// </summary>
internal sealed partial class Exchange : IDisposable
{
    private const int ReadBytes = 16 * 1024;
    private readonly HttpMessageInvoker _network;
    private readonly ILogger _logger;
    private readonly string _host;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<AnswerHead?> _head = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Creates an exchange. <see cref="RunAsync"/> sends the request.</summary>
    public Exchange(ProviderRequest request, Recording recording, HttpMessageInvoker network, ILogger logger)
    {
        (_network, _logger, _host) = (network, logger, request.Target.Authority);
        Recording = recording;
        Request = request;
    }

    /// <summary>The beginning of the response; null if none arrived.</summary>
    public Task<AnswerHead?> Head => _head.Task;

    /// <summary>The body of the response.</summary>
    public Recording Recording { get; }

    /// <summary>The request; null once it has been sent, to release its memory.</summary>
    private ProviderRequest? Request { get; set; }

    /// <summary>Sends the request and records the response until it ends or <see cref="Cancel"/> is called.</summary>
    /// <returns>True if the response is successful and complete.</returns>
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
#pragma warning disable CA1031 // Readers see how the exchange ended. It must not end the recorder.
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

    /// <summary>Cancels the request to the provider.</summary>
    public void Cancel()
    {
        try
        {
            _ = _stop.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It has already ended.
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
