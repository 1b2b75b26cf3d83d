using System.Buffers;
using System.IO.Pipelines;

namespace DurableChat.Providers.Http;

/// <summary>Detects the type of a body by its beginning, because headers are too often wrong. Pure.</summary>
internal static class AnswerBody
{
    private static ReadOnlySpan<byte> Blank => " \t\r\n\uFEFF"u8;

    /// <summary>Examines the beginning of a body.</summary>
    /// <param name="stream">The body. The caller continues with the returned stream.</param>
    /// <param name="mediaType">The media type in the headers; null if there is none.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The whole body, and whether it is an event stream.</returns>
    public static async Task<(Stream Body, bool IsEvents)> OpenAsync(Stream stream, string? mediaType,
        CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(stream);
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (First(read.Buffer) is { } first || read.IsCompleted)
            {
                var isEvents = IsEvents(First(read.Buffer), mediaType);
                reader.AdvanceTo(read.Buffer.Start);
                return (reader.AsStream(), isEvents);
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static byte? First(ReadOnlySequence<byte> buffer)
    {
        var reader = new SequenceReader<byte>(buffer);
        reader.AdvancePastAny(Blank);
        return reader.TryPeek(out var first) ? first : null;
    }

    /// <summary>
    /// JSON begins with a bracket, an HTML page with "&lt;", and an event stream with a field's name or a comment.
    /// </summary>
    private static bool IsEvents(byte? first, string? mediaType) => first switch
    {
        (byte)'{' or (byte)'[' or (byte)'<' => false,
        (byte)':' or (byte)'d' or (byte)'e' or (byte)'i' or (byte)'r' => true,
        _ => mediaType is null or "text/event-stream",
    };
}
