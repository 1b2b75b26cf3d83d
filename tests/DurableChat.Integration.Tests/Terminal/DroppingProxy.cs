using System.Net;
using System.Net.Sockets;

namespace DurableChat.Integration.Tests.Terminal;

/// <summary>Stands between a client and a server, and cuts each connection once so many bytes of answers have come through.</summary>
internal sealed class DroppingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private readonly Func<int, int> _bytes;
    private readonly Task _accepting;
    private int _cuts;

    /// <summary>Cuts all connections alike.</summary>
    public DroppingProxy(int target, int bytes)
        : this(target, _ => bytes)
    {
    }

    /// <summary>Cuts each connection, counted from 1, after a number of bytes of its own.</summary>
    public DroppingProxy(int target, Func<int, int> bytes)
    {
        _target = target;
        _bytes = bytes;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public int Cuts => Volatile.Read(ref _cuts);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        for (var connection = 1; ; connection++)
        {
            _ = CarryAsync(await _listener.AcceptTcpClientAsync(_stop.Token), _bytes(connection));
        }
    }

    private async Task CarryAsync(TcpClient client, int bytes)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _target, ended.Token);
                var requests = client.GetStream().CopyToAsync(server.GetStream(), ended.Token);
                await CopyAnswersAsync(server.GetStream(), client.GetStream(), bytes, ended.Token);
                await ended.CancelAsync();
                await requests;
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
            {
                // One of the two has gone; so goes the other.
            }
        }
    }

    private async Task CopyAnswersAsync(NetworkStream server, NetworkStream client, int bytes, CancellationToken cancellationToken)
    {
        var buffer = new byte[512];
        for (var left = bytes; left > 0;)
        {
            var count = await server.ReadAsync(buffer.AsMemory(0, Math.Min(buffer.Length, left)), cancellationToken);
            if (count == 0)
            {
                return;
            }

            await client.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            left -= count;
        }

        Interlocked.Increment(ref _cuts);
    }
}
