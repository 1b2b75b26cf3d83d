using System.Net.WebSockets;

namespace DurableChat.AspNetCore.WebSockets;

/// <summary>
/// Receives from the client of a stream. The client may only send its close and pongs, which is how a disconnect is
/// noticed. Anything else is a violation.
/// </summary>
internal sealed class ClientListener(WebSocket socket, ClientMeter meter, CancellationTokenSource gone)
{
    private volatile string? _violation;

    /// <summary>The client's violation; null if there is none.</summary>
    public string? Violation => _violation;

    /// <summary>Receives until the client disconnects. Cancels <c>gone</c> then, or at a violation.</summary>
    public async Task RunAsync()
    {
        var message = ReceiveAsync();
        var first = await Task.WhenAny(message, meter.Exceeded);
        _violation = first == meter.Exceeded ? "Too many pings or other frames: see Http:MaxWebSocketBytesPerMinute."
            : await message ? "A stream takes no messages."
            : null;
        await EndAsync();

        // The client is sent the reason and then closes. What it sends until then is ignored.
        while (await message)
        {
            message = ReceiveAsync();
        }
    }

    /// <summary>True if the client has sent a message; false if it has disconnected.</summary>
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
            // Disconnected without a close.
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
            // The writer has already disposed of it.
        }
    }
}
