using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using DurableChat.Bench.Targets;

namespace DurableChat.Bench.Load;

/// <summary>Opens the connections of subscribers.</summary>
internal static class Connector
{
    /// <summary>How many addresses of this machine connections come from, so that ports last.</summary>
    private const int Addresses = 4;

    /// <summary>Connects one subscriber, and asks for its stream, from where an earlier connection ended.</summary>
    public static Subscriber Connect(LoadPlan plan, int number, Subscriber? before)
    {
        var chat = plan.Chats == 1 ? 0 : number % plan.Chats;
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)(2 + (number % Addresses))]), 0));
        socket.Connect(IPAddress.Loopback, plan.Port);
        socket.Send(Encoding.ASCII.GetBytes(Request(plan, chat, before)));
        if (plan.Transport == Transport.SignalR)
        {
            ReadHead(socket);
            socket.Send(SignalRHandshake());
        }

        return new Subscriber(socket, chat, before);
    }

    private static string Request(LoadPlan plan, int chat, Subscriber? before)
    {
        var path = plan.Path
            .Replace("{id}", OursTarget.IdOf(chat).Value, StringComparison.Ordinal)
            .Replace("{n}", chat.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{position}", before?.Position, StringComparison.Ordinal)
            .Replace(
                "{received}", (before?.Received ?? 0).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        var upgrade = plan.Transport == Transport.Sse
            ? "Accept: text/event-stream\r\n"
            : "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
                + "dGhlIHNhbXBsZSBub25jZQ==\r\n";
        return $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{plan.Port}\r\n{upgrade}\r\n";
    }

    /// <summary>Reads the server's consent; what follows it stays in the socket.</summary>
    private static void ReadHead(Socket socket)
    {
        Span<byte> last = stackalloc byte[4];
        Span<byte> one = stackalloc byte[1];
        while (!last.SequenceEqual("\r\n\r\n"u8))
        {
            if (socket.Receive(one) == 0)
            {
                throw new IOException("The server has refused a connection.");
            }

            last[1..].CopyTo(last);
            last[3] = one[0];
        }
    }

    /// <summary>
    /// The hub protocol's first message, as a masked text frame; the mask is zero, which leaves it readable.
    /// </summary>
    private static byte[] SignalRHandshake()
    {
        const byte FinalText = 0x81, Masked = 0x80;
        var handshake = "{\"protocol\":\"json\",\"version\":1}\u001e"u8;
        return [FinalText, (byte)(Masked | handshake.Length), 0, 0, 0, 0, .. handshake];
    }
}
