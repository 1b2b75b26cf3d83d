using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using DurableChat.Feeds;
using DurableChat.Relays;

namespace DurableChat.AspNetCore.Cluster;

/// <summary>Reads the frames of a relay: JSON objects, one per line.</summary>
internal static class RelayFrames
{
    private const byte LineEnd = (byte)'\n';

    /// <summary>Reads frames as they arrive.</summary>
    /// <exception cref="RelayException">The connection broke, or the data is not a valid frame.</exception>
    public static async IAsyncEnumerable<RelayFrame> ReadAsync(Stream body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var input = PipeReader.Create(body, new StreamPipeReaderOptions(leaveOpen: true));
        try
        {
            while (true)
            {
                var read = await NextAsync(input, cancellationToken);
                var rest = read.Buffer;
                while (TryTakeLine(ref rest, read.IsCompleted, out var line))
                {
                    if (Parse(line) is { } frame)
                    {
                        yield return frame;
                    }
                }

                input.AdvanceTo(rest.Start, rest.End);
                if (read.IsCompleted)
                {
                    yield break;
                }
            }
        }
        finally
        {
            await input.CompleteAsync();
        }
    }

    private static async ValueTask<ReadResult> NextAsync(PipeReader input, CancellationToken cancellationToken)
    {
        try
        {
            return await input.ReadAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidOperationException)
        {
            throw new RelayException($"The connection broke: {exception.Message}", exception);
        }
    }

    /// <summary>Takes the next line. At the end of the stream, the remaining bytes are a line too.</summary>
    private static bool TryTakeLine(ref ReadOnlySequence<byte> rest, bool isEnd, out ReadOnlySequence<byte> line)
    {
        if (rest.PositionOf(LineEnd) is { } end)
        {
            line = rest.Slice(0, end);
            rest = rest.Slice(rest.GetPosition(1, end));
            return true;
        }

        line = rest;
        if (!isEnd || rest.IsEmpty)
        {
            return false;
        }

        rest = rest.Slice(rest.End);
        return true;
    }

    /// <summary>Null for an empty line.</summary>
    private static RelayFrame? Parse(ReadOnlySequence<byte> line)
    {
        if (line.IsEmpty)
        {
            return null;
        }

        try
        {
            var reader = new Utf8JsonReader(line);
            return JsonSerializer.Deserialize(ref reader, RelayJson.Compact.RelayFrame) is { IsWhole: true } frame
                ? frame
                : throw NoFrame(null);
        }
        catch (Exception exception)
            when (exception is JsonException or NotSupportedException or InvalidOperationException)
        {
            // A replica of a later version may send parts that are unknown here.
            return RelayFrame.TryReadLater(Encoding.UTF8.GetString(line)) ?? throw NoFrame(exception);
        }
    }

    private static RelayException NoFrame(Exception? cause) =>
        new("The replica sent something that is no frame.", cause);
}
