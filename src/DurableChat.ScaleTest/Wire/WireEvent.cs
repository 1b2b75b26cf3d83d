using System.Text;
using System.Text.Json;

namespace DurableChat.ScaleTest.Wire;

/// <summary>An event as it came over the wire.</summary>
internal sealed record WireEvent
{
    /// <summary>What it is.</summary>
    public required WireEventType Type { get; init; }

    /// <summary>The position as text, to be handed back as it came; null if the event has none.</summary>
    public string? PositionText { get; init; }

    /// <summary>What is wrong with its form; null if nothing is.</summary>
    public string? Malformed { get; init; }

    /// <summary>The position, if it has one of the known form.</summary>
    public WirePosition? Position { get; init; }

    /// <summary>The message of a <c>message</c>.</summary>
    public WireMessage? Message { get; init; }

    /// <summary>The generation of a part or of a <c>preview_reset</c>.</summary>
    public long Generation { get; init; }

    /// <summary>The first part number that a part stands for.</summary>
    public long FirstSeq { get; init; }

    /// <summary>The last part number that a part stands for.</summary>
    public long Seq { get; init; }

    /// <summary>The text of a part, UTF-8; null for other kinds of parts.</summary>
    public byte[]? Text { get; init; }

    /// <summary>True if <see cref="Text"/> is reasoning.</summary>
    public bool IsReasoning { get; init; }

    /// <summary>The status of a <c>status</c>; the code of an <c>error</c>.</summary>
    public string? Word { get; init; }

    /// <summary>The version of a <c>status</c>.</summary>
    public long Version { get; init; }

    /// <summary>The epoch of a <c>history_reset</c>.</summary>
    public long Epoch { get; init; }

    /// <summary>Reads an event's data.</summary>
    /// <param name="name">The event's name, if the transport tells it apart from the data.</param>
    /// <param name="data">The JSON.</param>
    public static WireEvent Read(string? name, ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = new Utf8JsonReader(data);
            using var json = JsonDocument.ParseValue(ref reader);
            return Read(name, json.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException
            or InvalidOperationException or FormatException)
        {
            return new WireEvent
            {
                Type = WireEventType.Other,
                Malformed =
                $"{name}: {exception.Message} {Encoding.UTF8.GetString(data[..Math.Min(data.Length, 200)])}"
            };
        }
    }

    /// <summary>In one line, for reports.</summary>
    public override string ToString() => Type switch
    {
        WireEventType.Message =>
            $"message {Message!.Id} (previous {Message.PreviousId}, generation {Message.Generation}) at {PositionText}",
        WireEventType.MessagePart => $"message_part {FirstSeq}..{Seq} of generation {Generation} at {PositionText}",
        WireEventType.Status => $"status {Word} of version {Version}",
        WireEventType.HistoryReset => $"history_reset to epoch {Epoch} at {PositionText}",
        WireEventType.PreviewReset => $"preview_reset of generation {Generation} at {PositionText}",
        WireEventType.Error => $"error {Word}",
        _ => Malformed is null ? $"other event at {PositionText ?? "no position"}" : $"malformed event: {Malformed}",
    };

    private static WireEvent Read(string? name, JsonElement root)
    {
        var type = root.GetProperty("type").GetString()!;
        var position = root.TryGetProperty("position", out var text) ? text.GetString() : null;
        var read = new WireEvent
        {
            Type = WireEventType.Other,
            PositionText = position,
            Position = WirePosition.Read(position),
            Malformed = name is not null && name != type ? $"The event is called {name}, its data {type}." : null,
        };
        switch (type)
        {
            case "message":
                return read with
                {
                    Type = WireEventType.Message,
                    Message = WireMessage.Read(root.GetProperty("message")),
                };
            case "message_part":
                var part = root.GetProperty("part");
                var kind = part.GetProperty("type");
                var isReasoning = kind.ValueEquals("reasoning"u8);
                return read with
                {
                    Type = WireEventType.MessagePart,
                    Generation = root.GetProperty("generation").GetInt64(),
                    FirstSeq = root.GetProperty("first_seq").GetInt64(),
                    Seq = root.GetProperty("seq").GetInt64(),
                    IsReasoning = isReasoning,
                    Text = isReasoning || kind.ValueEquals("text"u8) ? Encoding.UTF8.GetBytes(part.GetProperty("text")
                        .GetString() ?? throw new FormatException("The part has no text.")) : null,
                };
            case "status":
                return read with
                {
                    Type = WireEventType.Status,
                    Word = root.GetProperty("status").GetString(),
                    Version = root.GetProperty("version").GetInt64(),
                };
            case "history_reset":
                return read with { Type = WireEventType.HistoryReset, Epoch = root.GetProperty("epoch").GetInt64() };
            case "preview_reset":
                return read with
                {
                    Type = WireEventType.PreviewReset,
                    Generation = root.GetProperty("generation").GetInt64(),
                };
            case "error":
                return read with
                {
                    Type = WireEventType.Error,
                    Word = root.GetProperty("error").GetProperty("code").GetString(),
                };
            default:
                return read;
        }
    }
}
