using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using DurableChat.Bench.Targets;
using DurableChat.Bench.Wire;

namespace DurableChat.Bench.Load;

/// <summary>
/// Makes the server publish events: on request at once, or at a steady rate from a separate thread.
/// </summary>
internal sealed class Publisher : IDisposable
{
    private const int RequestBytes = 12;

    /// <summary>How long the pacing thread rests at most.</summary>
    private const double LongestRest = 250e-6;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
    {
        NoDelay = true,
    };
    private readonly byte[] _buffer = new byte[RequestBytes * 4096];
    private readonly int _chats;
    private int _held;
    private long _published;
    private volatile bool _isPacing;
    private Thread? _pacer;

    public Publisher(int controlPort, int chats)
    {
        _chats = chats;
        _socket.Connect(IPAddress.Loopback, controlPort);
    }

    /// <summary>How many events have been asked for.</summary>
    public long Published => Volatile.Read(ref _published);

    /// <summary>Asks for events of some chats, one each; <see cref="Flush"/> sends it.</summary>
    public void Ask(EventKind kind, int first, int count)
    {
        if (_held == _buffer.Length)
        {
            Flush();
        }

        var request = _buffer.AsSpan(_held, RequestBytes);
        BinaryPrimitives.WriteInt32LittleEndian(request, (int)kind);
        BinaryPrimitives.WriteInt32LittleEndian(request[4..], first);
        BinaryPrimitives.WriteInt32LittleEndian(request[8..], count);
        _held += RequestBytes;
        Volatile.Write(ref _published, _published + count);
    }

    public void Flush()
    {
        for (var sent = 0; sent < _held;)
        {
            sent += _socket.Send(_buffer.AsSpan(sent, _held - sent));
        }

        _held = 0;
    }

    /// <summary>Waits until the server has done all that it was asked for.</summary>
    public void WaitUntilDone()
    {
        Flush();
        Span<byte> answer = stackalloc byte[RequestBytes];
        BinaryPrimitives.WriteInt32LittleEndian(answer, ControlLoop.Answer);
        _socket.Send(answer);
        if (_socket.Receive(answer[..1]) == 0)
        {
            throw new IOException("The server has gone.");
        }
    }

    /// <summary>
    /// Begins to ask at a steady rate, for one chat after the other, while there is room for more. Nobody else may ask
    /// meanwhile.
    /// </summary>
    public void StartPacing(EventKind kind, double rate, Func<bool> hasRoom)
    {
        _isPacing = true;
        _pacer = new Thread(() => Pace(kind, rate, hasRoom)) { IsBackground = true, Name = "pacer" };
        _pacer.Start();
    }

    public void StopPacing()
    {
        _isPacing = false;
        _pacer?.Join();
        _pacer = null;
    }

    public void Dispose()
    {
        StopPacing();
        _socket.Dispose();
    }

    private void Pace(EventKind kind, double rate, Func<bool> hasRoom)
    {
        var began = Stopwatch.GetTimestamp();
        for (long asked = 0; _isPacing;)
        {
            var due = (long)(Stopwatch.GetElapsedTime(began).TotalSeconds * rate);
            for (; asked < due && hasRoom(); asked++)
            {
                Ask(kind, (int)(asked % _chats), 1);
            }

            Flush();
            var next = ((asked + 1) / rate) - Stopwatch.GetElapsedTime(began).TotalSeconds;
            _ = Native.Rest((uint)(Math.Clamp(next, 20e-6, LongestRest) * 1e6));
        }
    }
}
