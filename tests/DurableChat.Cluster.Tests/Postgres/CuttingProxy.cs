using System.Net;
using System.Net.Sockets;

namespace DurableChat.Cluster.Tests.Postgres;

/// <summary>Stands between a store and its database, and breaks a connection at the moment that a test names.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private readonly Task _accepting;
    private Func<NetworkStream, ReadOnlyMemory<byte>, Task>? _cut;

    public CuttingProxy(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The next request never reaches the database. <paramref name="meanwhile"/> runs before the client notices.</summary>
    public void LoseRequest(Func<Task>? meanwhile = null) => _cut = (_, _) => meanwhile?.Invoke() ?? Task.CompletedTask;

    /// <summary>From the next request on nothing comes through, and nobody is told: as if a cable had been pulled.</summary>
    public void FallSilent() => _cut = (_, _) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token);

    /// <summary>The next request is carried out; its answer never comes back. <paramref name="meanwhile"/> runs before the client notices.</summary>
    public void LoseAnswer(Func<Task>? meanwhile = null) => _cut = async (server, request) =>
    {
        await server.WriteAsync(request, _stop.Token);
        await server.ReadExactlyAsync(new byte[1], _stop.Token);
        await (meanwhile?.Invoke() ?? Task.CompletedTask);
    };

    /// <summary>The next request reaches the database long after its connection broke: when the task that is given ends. Gives the end of its run.</summary>
    public Task DelayRequest(Task until)
    {
        var carriedOut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _cut = (server, request) =>
        {
            var late = request.ToArray();
            var socket = server.Socket;
            _ = Task.Run(async () =>
            {
                await until;
                await socket.SendAsync(late, _stop.Token);
                await socket.ReceiveAsync(new byte[1], _stop.Token);
                socket.Dispose();
                carriedOut.SetResult();
            });
            return Task.CompletedTask;
        };
        return carriedOut.Task;
    }

    /// <summary>Breaks all connections off and takes no more.</summary>
    public async Task CloseAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptSocketAsync(_stop.Token);
            _ = CarryAsync(client);
        }
    }

    private async Task CarryAsync(Socket clientSocket)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        await using var client = new NetworkStream(clientSocket, ownsSocket: true);
        var serverSocket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var isKept = false;
        try
        {
            await serverSocket.ConnectAsync(IPAddress.Loopback, _target, ended.Token);
            var server = new NetworkStream(serverSocket, ownsSocket: false);
            var answers = CopyAnswersAsync(server, client, ended.Token);
            var buffer = new byte[64 * 1024];
            while (await client.ReadAsync(buffer, ended.Token) is > 0 and var count)
            {
                if (Interlocked.Exchange(ref _cut, null) is { } cut)
                {
                    // The answers' copier must not take what the cut waits for.
                    isKept = true;
                    await ended.CancelAsync();
                    await answers;
                    await cut(server, buffer.AsMemory(0, count));
                    return;
                }

                await server.WriteAsync(buffer.AsMemory(0, count), ended.Token);
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            // One of the two has gone; so goes the other.
        }
        finally
        {
            await ended.CancelAsync();
            if (!isKept)
            {
                serverSocket.Dispose();
            }
        }
    }

    private static async Task CopyAnswersAsync(NetworkStream server, NetworkStream client, CancellationToken cancellationToken)
    {
        try
        {
            await server.CopyToAsync(client, cancellationToken);
            client.Socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The other direction ends the connection.
        }
    }
}
