using System.Net;
using System.Net.Sockets;

namespace DurableChat.ScaleTest.Running;

/// <summary>Stands between the servers and their database, and can make it seem far away. Thread-safe.</summary>
internal sealed class SlowProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _time;
    private readonly int _target;
    private readonly Task _accepting;
    private readonly Lock _lock = new();
    private readonly List<Link> _links = [];
    private long _delayTicks;

    public SlowProxy(int targetPort, TimeProvider time)
    {
        _target = targetPort;
        _time = time;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How much longer each piece of an answer takes.</summary>
    public TimeSpan Delay
    {
        get => new(Interlocked.Read(ref _delayTicks));
        set => Interlocked.Exchange(ref _delayTicks, value.Ticks);
    }

    /// <summary>
    /// Holds back what comes from the servers over each connection that is open now, for a time between the two;
    /// completes when all is let through.
    /// </summary>
    public async Task HoldAsync(TimeSpan least, TimeSpan most)
    {
        List<Link> links;
        lock (_lock)
        {
            links = [.. _links];
        }

        var spread = most > least ? most - least : TimeSpan.Zero;
        await Task.WhenAll(links.Select((link, number) => link.HoldAsync(
            least + (spread * number / Math.Max(1, links.Count - 1)),
            _time,
            _stop.Token))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = PassAsync(client);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException
            or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using var server = new TcpClient();
        var link = new Link();
        lock (_lock)
        {
            _links.Add(link);
        }

        using (client)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
                client.NoDelay = server.NoDelay = true;
                using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                await Task.WhenAny(
                    CopyAsync(client, server, () => link.Held, ended.Token),
                    CopyAsync(server, client, SlowDownAsync, ended.Token));

                // What is held reaches the database even if the server has gone.
                await link.Held;
                await ended.CancelAsync();
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException)
            {
                // The database is away: so is the connection.
            }
        }

        lock (_lock)
        {
            _links.Remove(link);
        }
    }

    private Task SlowDownAsync() =>
        Delay is var delay && delay > TimeSpan.Zero ? Task.Delay(delay, _time, _stop.Token) : Task.CompletedTask;

    private static async Task CopyAsync(
        TcpClient from,
        TcpClient to,
        Func<Task> wait,
        CancellationToken cancellationToken)
    {
        var buffer = new byte[65_536];
        try
        {
            while (await from.GetStream().ReadAsync(buffer, cancellationToken) is > 0 and var count)
            {
                await wait().WaitAsync(cancellationToken);
                await to.GetStream().WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException
            or ObjectDisposedException or InvalidOperationException)
        {
            // One side has gone; the other follows.
        }
    }

    /// <summary>One connection. Thread-safe.</summary>
    private sealed class Link
    {
        private volatile Task _held = Task.CompletedTask;

        /// <summary>Completes when what came over it may pass.</summary>
        public Task Held => _held;

        public async Task HoldAsync(TimeSpan howLong, TimeProvider time, CancellationToken cancellationToken)
        {
            var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _held = held.Task;
            await Task.Delay(howLong, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            held.SetResult();
        }
    }
}
