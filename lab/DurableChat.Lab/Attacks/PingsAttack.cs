using System.Net.Sockets;
using System.Text;
using DurableChat.Lab.Running;

namespace DurableChat.Lab.Attacks;

/// <summary>WebSockets that send pings as fast as they can. Half of them take no answer.</summary>
internal sealed class PingsAttack : Attack
{
    private const int PayloadBytes = 125;
    private const int PingsAtOnce = 64;
    private static readonly byte[] _pings = [.. Enumerable.Repeat<byte[]>([
        0x89, 0x80 | PayloadBytes, 0, 0, 0, 0, .. new byte[PayloadBytes],
    ], PingsAtOnce).SelectMany(ping => ping)];
    private readonly List<string> _chats = [];

    public override string Name => "pings";

    public override string Bound => "answers are not queued: who takes none is waited for, and cut off";

    public override async Task PrepareAsync(Arena arena, CancellationToken cancellationToken)
    {
        foreach (var token in arena.AttackerTokens)
        {
            _chats.Add(await arena.CreateChatAsync(token, new { content = "hello" }, cancellationToken)
                ?? throw new InvalidOperationException("A chat was refused."));
        }
    }

    public override async Task RunAsync(Arena arena, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var flooding = Task.WhenAll(
            Enumerable.Range(0, arena.Scale.Of(4, 64)).Select(number => FloodAsync(arena, number, ending.Token)));
        await Task.Delay(TimeSpan.FromSeconds(arena.Scale.Of(1, 15)), TimeProvider.System, cancellationToken);
        await ending.CancelAsync();
        await flooding;
    }

    private async Task FloodAsync(Arena arena, int number, CancellationToken cancellationToken)
    {
        var owner = number % _chats.Count;
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(arena.Url.Host, arena.Url.Port, cancellationToken);
            var stream = socket.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"GET /api/v1/chats/{_chats[owner]}/stream HTTP/1.1\r\nHost: {arena.Url.Authority}\r\nAuthorization: "
                + $"Bearer {arena.AttackerTokens[owner]}\r\nUpgrade: websocket\r\n"
                    +
                "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
                + "AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"), cancellationToken);
            var reading = number % 2 == 0 ? ReadAsync(stream, cancellationToken) : Task.CompletedTask;
            arena.Tally.Add("sockets");
            while (true)
            {
                await stream.WriteAsync(_pings, cancellationToken);
                arena.Tally.Add("pings sent", PingsAtOnce);
            }
        }
        catch (IOException)
        {
            arena.Tally.Add("sockets cut off");
        }
        catch (OperationCanceledException)
        {
            // The attack is over.
        }
    }

    private static async Task ReadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await stream.ReadAsync(buffer, cancellationToken) > 0)
            {
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException
            or ObjectDisposedException)
        {
            // The writer sees it, too.
        }
    }
}
