using System.Runtime.InteropServices;
using System.Text.Json;

namespace DurableChat.Providers.Http;

/// <summary>
/// Counts the memory that an answer holds until its end, in all of its parts: call arguments, items that are sent back
/// unchanged, signatures, sources. A byte on the wire may take many in memory, so memory is counted. Held data counts
/// as content: a model that writes call arguments for an hour is not silent. For one answer; not thread-safe.
/// </summary>
/// <param name="onContent">Called when data arrives that is held.</param>
internal sealed class HeldContent(Action onContent)
{
    /// <summary>The maximum that one answer may hold, in bytes.</summary>
    public const long MaxBytes = 32 * 1024 * 1024;

    /// <summary>
    /// The cost of a held object in addition to its bytes. It is higher than the memory, since many objects also cost
    /// time.
    /// </summary>
    public const int BytesOfObject = 4 * 1024;

    /// <summary>The memory of a JSON value in addition to its bytes.</summary>
    private const int BytesOfValue = 12;

    private long _bytes;

    /// <summary>Counts held text.</summary>
    /// <exception cref="FormatException">The answer holds too much.</exception>
    public void Add(string? text)
    {
        if (text is { Length: > 0 })
        {
            Take((long)text.Length * sizeof(char));
        }
    }

    /// <summary>Counts held JSON with its surroundings.</summary>
    /// <exception cref="FormatException">The answer holds too much.</exception>
    public void Add(JsonElement json)
    {
        var bytes = JsonMarshal.GetRawUtf8Value(json);
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = int.MaxValue });
        var values = 0L;
        while (reader.Read())
        {
            values++;
        }

        Take(BytesOfObject + bytes.Length + (values * BytesOfValue));
    }

    /// <summary>Counts a separate held object.</summary>
    /// <exception cref="FormatException">The answer holds too much.</exception>
    public void AddObject() => Take(BytesOfObject);

    private void Take(long bytes)
    {
        _bytes += bytes;
        if (_bytes > MaxBytes)
        {
            throw new FormatException("The model's answer is too large.");
        }

        onContent();
    }
}
