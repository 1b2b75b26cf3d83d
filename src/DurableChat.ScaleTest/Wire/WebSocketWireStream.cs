using System.Buffers;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;

namespace DurableChat.ScaleTest.Wire;

/// <summary>Events as WebSocket text messages.</summary>
internal sealed class WebSocketWireStream(ClientWebSocket socket) : IWireStream
{
    public async IAsyncEnumerable<WireEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var message = new ArrayBufferWriter<byte>(4096);
        while (true)
        {
            ValueWebSocketReceiveResult received;
            try
            {
                received = await socket.ReceiveAsync(message.GetMemory(4096), cancellationToken);
            }
            catch (WebSocketException exception)
            {
                throw new IOException(exception.Message, exception);
            }

            if (received.MessageType == WebSocketMessageType.Close)
            {
                yield break;
            }

            message.Advance(received.Count);
            if (received.EndOfMessage)
            {
                yield return WireEvent.Read(null, message.WrittenSpan);
                message.ResetWrittenCount();
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        // No closing handshake: a person's browser that goes away does not wait for one either.
        socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
