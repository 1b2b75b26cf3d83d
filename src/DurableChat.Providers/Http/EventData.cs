using System.Text;
using System.Text.Json;
using DurableChat.Models;

namespace DurableChat.Providers.Http;

/// <summary>
/// Reads the data of an event. It is one JSON value. Servers that omit the empty line between events produce several
/// values, one per line, and some send heartbeats that are not JSON. Pure.
/// </summary>
internal static class EventData
{
    /// <summary>Reads the data.</summary>
    /// <param name="type">The type of the event; empty if it has none.</param>
    /// <param name="data">The data.</param>
    /// <returns>The values, and whether the end marker follows them.</returns>
    /// <exception cref="ModelException">Data of the answer cannot be read.</exception>
    public static (IReadOnlyList<JsonElement> Values, bool IsDone) Read(string type, byte[] data)
    {
        var bytes = LooseText.ValidUtf8(data);
        var values = new List<JsonElement>(1);
        try
        {
            for (var rest = bytes.AsSpan().Trim(" \r\n\t"u8); !rest.IsEmpty;)
            {
                if (values.Count > 0 && rest.SequenceEqual("[DONE]"u8))
                {
                    return (values, true);
                }

                var reader = new Utf8JsonReader(rest, new JsonReaderOptions { AllowMultipleValues = true });
                values.Add(JsonElement.ParseValue(ref reader));
                LooseText.CheckNames(rest[..(int)reader.BytesConsumed]);
                rest = rest[(int)reader.BytesConsumed..].Trim(" \r\n\t"u8);
            }

            return (values, false);
        }
        catch (JsonException exception)
        {
            return type == "error" ? ([JsonSerializer.SerializeToElement(Encoding.UTF8.GetString(bytes))], false)
                : IsHeartbeat(type) && values.Count == 0 ? ([], false)
                : throw new ModelException(ModelErrors.BadResponse, exception);
        }
    }

    private static bool IsHeartbeat(string type) =>
        type is "ping" or "heartbeat" or "keepalive" or "keep-alive" or "keep_alive" or "comment";
}
