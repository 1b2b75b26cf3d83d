using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace DurableChat.Bench.Targets;

/// <summary>As much of HTTP as the bare server needs.</summary>
internal static class BareRequest
{
    /// <summary>Reads a request's head.</summary>
    public static async Task<string> ReadAsync(Socket socket)
    {
        var buffer = new byte[4096];
        var held = 0;
        while (!buffer.AsSpan(0, held).EndsWith("\r\n\r\n"u8))
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(held));
            if (received == 0)
            {
                throw new IOException("The client has gone before it had asked.");
            }

            held += received;
        }

        return Encoding.ASCII.GetString(buffer, 0, held);
    }

    /// <summary>The chat that is asked for.</summary>
    public static int ChatOf(string request)
    {
        var at = request.IndexOf("chat=", StringComparison.Ordinal) + "chat=".Length;
        return int.Parse(request.AsSpan(at, request.IndexOf(' ', at) - at), CultureInfo.InvariantCulture);
    }

    /// <summary>What is answered before the events.</summary>
    public static byte[] Answer(string request, bool isWebSocket) => Encoding.ASCII.GetBytes(isWebSocket
        ? $"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: "
            + $"{Accept(request)}\r\n\r\n"
        : "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");

    /// <summary>What tells a subscriber that it is registered.</summary>
    public static byte[] Ready(bool isWebSocket) => isWebSocket
        ? [0x81, (byte)TargetSpec.ReadyText.Length, .. Encoding.ASCII.GetBytes(TargetSpec.ReadyText)]
        : Encoding.ASCII.GetBytes($": {TargetSpec.ReadyText}\n\n");

    private static string Accept(string request)
    {
        const string Header = "Sec-WebSocket-Key: ";
        var at = request.IndexOf(Header, StringComparison.OrdinalIgnoreCase) + Header.Length;
        var key = request[at..request.IndexOf('\r', at)];
#pragma warning disable CA5350 // RFC 6455 names it; nothing is protected by it.
        return Convert.ToBase64String(
            SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
    }
}
