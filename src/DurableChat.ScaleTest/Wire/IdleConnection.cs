using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DurableChat.ScaleTest.Wire;

/// <summary>
/// A connection that sends one request, or none, and of which nothing is read any more once the answer has begun.
/// </summary>
internal sealed class IdleConnection : IDisposable
{
    private readonly Socket _socket;

    private IdleConnection(Socket socket) => _socket = socket;

    /// <summary>Connects and sends.</summary>
    /// <param name="server">To whom.</param>
    /// <param name="address">The last number of the own address, where the server is on this machine.</param>
    /// <param name="request">What is sent; empty for nothing.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="HttpRequestException">The server, or this system, has no room for it.</exception>
    public static async Task<IdleConnection> OpenAsync(
        Uri server,
        int address,
        string request,
        CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (server.Host == "127.0.0.1")
            {
                socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)address]), 0));
            }

            await socket.ConnectAsync(server.Host, server.Port, cancellationToken);
            if (request.Length > 0)
            {
                await socket.SendAsync(Encoding.ASCII.GetBytes(request), cancellationToken);
                if (await socket.ReceiveAsync(new byte[256], cancellationToken) == 0)
                {
                    throw new HttpRequestException($"{server} closes an idle connection at once.");
                }
            }

            return new IdleConnection(socket);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new HttpRequestException(
                $"A connection that does nothing cannot be opened: {exception.Message} It may take a higher "
                    + "'ulimit -n'.",
                exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose() => _socket.Dispose();
}
