using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using DurableChat.Bench.Wire;

namespace DurableChat.Bench.Targets;

/// <summary>
/// Publishes what the load generator asks for. It has a thread of its own that waits in a blocking read, so that asking
/// costs the server under test as little as possible. A request is three numbers of 32 bits: kind, first chat, number
/// of chats.
/// </summary>
internal sealed class ControlLoop
{
    /// <summary>Instead of a kind: asks for a byte in answer, once all that came before is done.</summary>
    public const int Answer = -1;

    private const int RequestBytes = 12;
    private readonly ITarget _target;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ControlLoop(ITarget target)
    {
        _target = target;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Begins to serve, until the process ends.</summary>
    public void Start() => new Thread(Run) { IsBackground = true, Name = "publisher" }.Start();

    private void Run()
    {
        while (true)
        {
            using var connection = _listener.Accept();
            connection.NoDelay = true;
            Serve(connection);
        }
    }

    private void Serve(Socket connection)
    {
        var buffer = new byte[RequestBytes * 1024];
        var held = 0;
        while (true)
        {
            var received = connection.Receive(buffer, held, buffer.Length - held, SocketFlags.None);
            if (received == 0)
            {
                return;
            }

            held += received;
            var at = 0;
            for (; held - at >= RequestBytes; at += RequestBytes)
            {
                if (BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(at)) == Answer)
                {
                    connection.Send(buffer.AsSpan(at, 1));
                }
                else
                {
                    Publish(buffer.AsSpan(at, RequestBytes));
                }
            }

            _target.Pause();
            buffer.AsSpan(at, held - at).CopyTo(buffer);
            held -= at;
        }
    }

    private void Publish(ReadOnlySpan<byte> request)
    {
        var kind = (EventKind)BinaryPrimitives.ReadInt32LittleEndian(request);
        var first = BinaryPrimitives.ReadInt32LittleEndian(request[4..]);
        var count = BinaryPrimitives.ReadInt32LittleEndian(request[8..]);
        for (var chat = first; chat < first + count; chat++)
        {
            _target.Publish(kind, chat);
        }
    }
}
