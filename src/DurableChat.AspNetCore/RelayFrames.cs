using System.Runtime.CompilerServices;
using System.Text.Json;
using DurableChat.Feeds;
using DurableChat.Relays;

namespace DurableChat.AspNetCore;

/// <summary>Reads the frames of a relay: JSON objects, a line each.</summary>
internal static class RelayFrames
{
    /// <summary>Reads them as they arrive.</summary>
    /// <exception cref="RelayException">The connection broke, or what came is no frame.</exception>
    public static async IAsyncEnumerable<RelayFrame> ReadAsync(Stream body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var frames = JsonSerializer.DeserializeAsyncEnumerable(body, RelayJson.Compact.RelayFrame, topLevelValues: true, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(frames))
        {
            yield return frames.Current is { IsWhole: true } frame ? frame : throw new RelayException("The replica sent something that is no frame.");
        }
    }

    private static async Task<bool> NextAsync(IAsyncEnumerator<RelayFrame?> frames)
    {
        try
        {
            return await frames.MoveNextAsync();
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException or NotSupportedException or InvalidOperationException)
        {
            throw new RelayException($"The connection broke: {exception.Message}", exception);
        }
    }
}
