using Microsoft.Extensions.Hosting;

namespace DurableChat.AspNetCore;

/// <summary>
/// The first phase of a shutdown. The server reports that it is not ready but keeps serving for
/// <see cref="DurableChatHttpOptions.DrainDelay"/>, so that load balancers notice before any request is refused. Then
/// it ends its streams while it still listens. Requests, turns and connections end only after that. Thread-safe.
/// </summary>
public sealed class ServerDrain : IHostedLifecycleService, IDisposable
{
    private readonly TimeSpan _delay;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _streamsEnd = new();
    private readonly CancellationTokenRegistration _registration;
    private volatile bool _hasBegun;
    private bool _hasStarted;

    /// <summary>Creates the drain of a host.</summary>
    public ServerDrain(DurableChatHttpOptions options, IHostApplicationLifetime lifetime, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(lifetime);
        _delay = options.DrainDelay ?? TimeSpan.Zero;
        _time = time;

        // A signal arrives here first. A host that is stopped by a call enters StoppingAsync first.
        _registration = lifetime.ApplicationStopping.Register(() => _hasBegun = true);
    }

    /// <summary>True once the server is asked to stop and must get no new work.</summary>
    public bool HasBegun => _hasBegun;

    /// <summary>Cancelled when streams must end, so that their clients reconnect to another replica.</summary>
    public CancellationToken StreamsEnd => _streamsEnd.Token;

    /// <inheritdoc/>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _hasBegun = true;
        if (_hasStarted && _delay > TimeSpan.Zero)
        {
            await Task.Delay(_delay, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _streamsEnd.CancelAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _hasStarted = true;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose()
    {
        _registration.Dispose();
        _streamsEnd.Dispose();
    }
}
