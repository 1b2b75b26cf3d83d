using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Xunit;

namespace DurableChat.Fuzz.Tests;

/// <summary>
/// What a client may write into a connection: requests that follow no rules, and WebSocket frames, of which none is
/// expected.
/// </summary>
public sealed class SocketFuzzTests
{
    [Fact]
    public async Task The_server_answers_or_hangs_up_and_goes_on()
    {
        using var leaks = new Leaks();
        await using var server = await FuzzServer.StartAsync(isOnSocket: true);
        using var http = new HttpClient { BaseAddress = server.Url };
        var created = await http.PostAsync(new Uri("/api/v1/chats", UriKind.Relative), new StringContent("""{"content":"hello"}""", Encoding.UTF8, "application/json"));
        using var chat = JsonDocument.Parse(await created.Content.ReadAsStringAsync());
        var path = $"/api/v1/chats/{chat.RootElement.GetProperty("id").GetString()}";
        var upgrade = Encoding.ASCII.GetBytes($"GET {path}/stream HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");
        var get = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        await Fuzz.RunAsync("sockets", 100, 1, async mangler =>
        {
            using var client = new TcpClient();
            await client.ConnectAsync(server.Url.Host, server.Url.Port);
            await using var stream = client.GetStream();
            var isWebSocket = mangler.Chance(70);
            await stream.WriteAsync(isWebSocket ? [.. upgrade, .. Frames(mangler)] : mangler.Mangle(get));
            client.Client.Shutdown(SocketShutdown.Send);
            var buffer = new byte[4096];
            var answer = new StringBuilder();
            try
            {
                for (int length; (length = await stream.ReadAsync(buffer)) > 0;)
                {
                    answer.Append(Encoding.Latin1.GetString(buffer, 0, length));
                }
            }
            catch (IOException)
            {
                // It hung up.
            }

            // 505 is what RFC 9110 wants for a version of HTTP that the server does not speak, and no fault of the
            // server's.
            var line = answer.ToString();
            return line.StartsWith("HTTP/1.1 505 ", StringComparison.Ordinal) ? "version refused" : line.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) ? line.Substring("HTTP/1.1 ".Length, 3) : "hung up";
        });
        await server.AssertAtRestAsync();
        leaks.AssertNone();
    }

    /// <summary>Frames with any first byte, length and mask, some cut off.</summary>
    private static byte[] Frames(Mangler mangler)
    {
        var bytes = new List<byte>();
        for (var i = 1 + mangler.Next(3); i > 0; i--)
        {
            var payload = mangler.Bytes(100);
            bytes.AddRange([(byte)mangler.Next(256), (byte)(mangler.Chance(80) ? 128 + payload.Length : mangler.Next(256)), .. mangler.Bytes(5), .. payload]);
        }

        return [.. bytes];
    }
}
