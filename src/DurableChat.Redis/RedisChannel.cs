using DurableChat.Notifications;
using StackExchange.Redis;

namespace DurableChat.Redis;

/// <summary>
/// Notifications through publish and subscribe of Redis, for clusters whose database cannot afford the load of
/// notifications. Redis stores nothing: a replica loses what is published while it is disconnected, which the contract
/// of a channel allows. Thread-safe.
/// </summary>
public sealed class RedisChannel : INotificationChannel, IAsyncDisposable
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(5);
    private readonly StackExchange.Redis.RedisChannel _name;
    private readonly ConfigurationOptions _options;
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private ConnectionMultiplexer? _sender;

    /// <summary>Creates the channel.</summary>
    /// <param name="configuration">
    /// The Redis server in the format of StackExchange.Redis, e.g. <c>localhost:6379,password=…</c>.
    /// </param>
    /// <param name="name">The name of the channel. Clusters that share a Redis server need different names.</param>
    /// <exception cref="ArgumentException">The configuration cannot be read.</exception>
    public RedisChannel(string configuration, string name = "durablechat")
    {
        _options = ConfigurationOptions.Parse(configuration);
        _options.AbortOnConnectFail = true;
        _options.ConnectTimeout = (int)_timeout.TotalMilliseconds;
        _options.AsyncTimeout = (int)_timeout.TotalMilliseconds;
        _options.KeepAlive = (int)_timeout.TotalSeconds;
        _options.ClientName = "durablechat";
        _name = StackExchange.Redis.RedisChannel.Literal(name);
    }

    /// <inheritdoc/>
    public int MaxPayloadBytes => 256 * 1024;

    /// <inheritdoc/>
    public string DeafAdvice =>
        "Check that Notifications:Redis leads every replica to the same Redis, and that its user may publish to "
            + "the channel.";

    /// <inheritdoc/>
    public async Task PublishAsync(IReadOnlyList<string> payloads, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(payloads);
        try
        {
            var subscriber = (await SenderAsync(cancellationToken).ConfigureAwait(false)).GetSubscriber();
            await Task.WhenAll(payloads.Select(payload => subscriber.PublishAsync(_name, payload)))
                .WaitAsync(cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            throw new ChannelException($"Notifications could not be sent: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public async Task ListenAsync(INotificationListener listener, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(listener);
        try
        {
            // Each call has its own connection: the library would reconnect silently, and what was missed meanwhile
            // would go unnoticed.
            await using var connection = await ConnectionMultiplexer.ConnectAsync(_options)
                .WaitAsync(cancellationToken)
                .ConfigureAwait(false);
            var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            connection.ConnectionFailed += (_, failure) => lost.TrySetException(
                new ChannelException($"The connection to Redis was lost: {failure.FailureType}.", failure.Exception));
            var line = await connection.GetSubscriber()
                .SubscribeAsync(_name)
                .WaitAsync(cancellationToken)
                .ConfigureAwait(false);
            line.OnMessage(message => listener.OnReceived(message.Message!));
            listener.OnConnected();
            await lost.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            throw new ChannelException($"Redis cannot be reached: {exception.Message}", exception);
        }
    }

    /// <summary>Closes the connection that sends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_sender is not null)
        {
            await _sender.DisposeAsync().ConfigureAwait(false);
        }

        _connecting.Dispose();
    }

    private async Task<ConnectionMultiplexer> SenderAsync(CancellationToken cancellationToken)
    {
        if (_sender is { } known)
        {
            return known;
        }

        await _connecting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _sender ??= await ConnectionMultiplexer.ConnectAsync(_options).ConfigureAwait(false);
        }
        finally
        {
            _connecting.Release();
        }
    }
}
