using System.Runtime.InteropServices;
using System.Text.Json;

namespace DurableChat.Providers.Http;

/// <summary>
/// Counts what an answer holds in memory until its end, whoever holds it: arguments of calls, items that go back as
/// they came, signatures, sources. A byte on the wire may be many in memory, so the memory is counted. What is held is
/// content: a model that writes the arguments of a call for an hour is not silent. For one answer; not thread-safe.
/// </summary>
/// <param name="onContent">Called when something comes that is held.</param>
internal sealed class HeldContent(Action onContent)
{
    /// <summary>How much one answer may hold, in bytes.</summary>
    public const long MaxBytes = 32 * 1024 * 1024;

    /// <summary>
    /// What anything held costs beside its bytes: more than it takes, since many of them take time as well.
    /// </summary>
    public const int BytesOfObject = 4 * 1024;

    /// <summary>A value of JSON in memory, beside its bytes.</summary>
    private const int BytesOfValue = 12;

    private long _bytes;

    /// <summary>Text is held.</summary>
    /// <exception cref="FormatException">The answer holds too much.</exception>
    public void Add(string? text)
    {
        if (text is { Length: > 0 })
        {
            Take((long)text.Length * sizeof(char));
        }
    }

    /// <summary>JSON is held, with all that came around it.</summary>
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

    /// <summary>A thing of its own is held.</summary>
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
