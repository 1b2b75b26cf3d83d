using System.Net.WebSockets;

namespace DurableChat.AspNetCore.WebSockets;

/// <summary>
/// Listens to the client of a stream, which has nothing to say but its close and answers to pings: that is how its
/// going is noticed. What it says all the same is a violation.
/// </summary>
internal sealed class ClientListener(WebSocket socket, ClientMeter meter, CancellationTokenSource gone)
{
    private volatile string? _violation;

    /// <summary>What the client has done wrong; null for nothing.</summary>
    public string? Violation => _violation;

    /// <summary>Listens until the client has gone. It cancels <c>gone</c> then, or when the client does something wrong.</summary>
    public async Task RunAsync()
    {
        var message = ReceiveAsync();
        var first = await Task.WhenAny(message, meter.Exceeded);
        _violation = first == meter.Exceeded ? "Too many pings or other frames: see Http:MaxWebSocketBytesPerMinute."
            : await message ? "A stream takes no messages."
            : null;
        await EndAsync();

        // The client is sent why, and then closes. What it still says until then does not count.
        while (await message)
        {
            message = ReceiveAsync();
        }
    }

    /// <summary>True if the client has sent a message; false if it is gone.</summary>
    private async Task<bool> ReceiveAsync()
    {
        try
        {
            var received = await socket.ReceiveAsync(new byte[256].AsMemory(), CancellationToken.None);
            return received.MessageType != WebSocketMessageType.Close;
        }
        catch (Exception exception)
            when (exception is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Gone without a close.
            return false;
        }
    }

    private async Task EndAsync()
    {
        try
        {
            await gone.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The writer was quicker.
        }
    }
}
