namespace DurableChat.Providers.Tests.Turns;

/// <summary>
/// The network of one replica. It carries some requests; what comes after is never answered, as when the replica has
/// died.
/// </summary>
internal sealed class Killable(HttpMessageHandler provider, int requests) : HttpMessageHandler
{
    private readonly HttpMessageInvoker _provider = new(provider, disposeHandler: false);
    private readonly TaskCompletionSource _died = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _sent;

    /// <summary>Completes when a request comes that is not answered any more.</summary>
    public Task Died => _died.Task;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _sent) > requests)
        {
            _died.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
        }

        return await _provider.SendAsync(request, cancellationToken);
    }
}
