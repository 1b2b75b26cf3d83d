using System.Text.Json;
using DurableChat.Feeds;

namespace DurableChat.Workers;

/// <summary>What a row of a checkpoint contains: frames as relays send them, one per line.</summary>
internal static class CheckpointBody
{
    /// <summary>Writes frames.</summary>
    public static string Write(IEnumerable<RelayFrame> frames) =>
        string.Join('\n', frames.Select(frame => JsonSerializer.Serialize(frame, RelayJson.Compact.RelayFrame)));

    /// <summary>
    /// Reads the frames of all rows, up to the first that cannot be read: a checkpoint can be cut anywhere.
    /// </summary>
    public static IReadOnlyList<RelayFrame> Read(IEnumerable<string> bodies)
    {
        var frames = new List<RelayFrame>();
        foreach (var line in bodies.SelectMany(body => body.Split('\n')))
        {
            if (Parse(line) is not { } frame)
            {
                break;
            }

            frames.Add(frame);
        }

        return frames;
    }

    private static RelayFrame? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, RelayJson.Compact.RelayFrame) is { IsWhole: true } frame
                ? frame
                : null;
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            // A replica of a later version may have written parts that are unknown here.
            return RelayFrame.TryReadLater(line);
        }
    }
}
