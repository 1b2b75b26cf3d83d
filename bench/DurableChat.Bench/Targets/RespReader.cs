using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace DurableChat.Bench.Targets;

/// <summary>
/// Reads Redis' protocol (RESP 2) from a connection, as far as replies to XADD and XREAD need it. For one reader.
/// </summary>
internal sealed class RespReader(Socket socket)
{
    private byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;

    /// <summary>
    /// Reads the line that begins a reply: its kind and its number, e.g. of array elements; null for a nil.
    /// </summary>
    public async ValueTask<(char Kind, long Number)> ReadHeadAsync()
    {
        var line = await ReadLineAsync();
        var kind = (char)line.Span[0];
        return kind switch
        {
            '*' or '$' or ':' => (kind, long.Parse(line.Span[1..], CultureInfo.InvariantCulture)),
            '-' => throw new IOException($"Redis: {Encoding.ASCII.GetString(line.Span)}"),
            _ => (kind, 0),
        };
    }

    /// <summary>Reads a bulk string. It is valid until the next call.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadBulkAsync()
    {
        var (_, length) = await ReadHeadAsync();
        await NeedAsync((int)length + 2);
        var bulk = _buffer.AsMemory(_start, (int)length);
        _start += (int)length + 2;
        return bulk;
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadLineAsync()
    {
        int length;
        while ((length = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8)) < 0)
        {
            await NeedAsync(_end - _start + 1);
        }

        var line = _buffer.AsMemory(_start, length);
        _start += length + 2;
        return line;
    }

    private async ValueTask NeedAsync(int bytes)
    {
        if (_start + bytes > _buffer.Length)
        {
            var larger = bytes > _buffer.Length ? new byte[bytes * 2] : _buffer;
            _buffer.AsSpan(_start, _end - _start).CopyTo(larger);
            (_buffer, _start, _end) = (larger, 0, _end - _start);
        }

        while (_end - _start < bytes)
        {
            var received = await socket.ReceiveAsync(_buffer.AsMemory(_end));
            _end += received > 0 ? received : throw new IOException("Redis has gone.");
        }
    }
}
