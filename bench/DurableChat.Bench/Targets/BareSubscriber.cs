using System.Net.Sockets;

namespace DurableChat.Bench.Targets;

/// <summary>
/// One connection of the bare server: sends what it is given, one after the other, on the caller's thread as long as
/// the socket takes it. Thread-safe.
/// </summary>
internal sealed class BareSubscriber
{
    private readonly object _gate = new();
    private readonly Queue<byte[]> _waiting = new();
    private readonly SocketAsyncEventArgs _send = new();
    private readonly Socket _socket;
    private bool _isSending;

    public BareSubscriber(Socket socket)
    {
        _socket = socket;
        _send.Completed += (_, _) => GoOn();
    }

    public void Send(byte[] bytes)
    {
        lock (_gate)
        {
            if (_isSending)
            {
                _waiting.Enqueue(bytes);
                return;
            }

            _isSending = true;
        }

        if (!Begin(bytes))
        {
            GoOn();
        }
    }

    /// <summary>True if the socket will tell when it has taken the bytes.</summary>
    private bool Begin(byte[] bytes)
    {
        _send.SetBuffer(bytes);
        return _socket.SendAsync(_send);
    }

    private void GoOn()
    {
        byte[]? next;
        do
        {
            if (_send.SocketError != SocketError.Success)
            {
                return;
            }

            lock (_gate)
            {
                _isSending = _waiting.TryDequeue(out next);
            }
        }
        while (next is not null && !Begin(next));
    }
}
