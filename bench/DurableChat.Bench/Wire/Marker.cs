using System.Globalization;

namespace DurableChat.Bench.Wire;

/// <summary>
/// The time of its publication, within the text of an event: <c>@T</c> and 16 hexadecimal digits of
/// <see cref="System.Diagnostics.Stopwatch"/> ticks, which all processes of a machine share. Whoever receives counts
/// markers and need not understand what is around them; parts that were joined on the way still count one by one.
/// </summary>
internal static class Marker
{
    /// <summary>How many bytes it takes.</summary>
    public const int Length = 2 + Digits;

    private const int Digits = 16;

    /// <summary>
    /// What it begins with. Nothing else in an event does. One byte, which nothing on the way can take apart.
    /// </summary>
    public const byte Start = (byte)'@';

    /// <summary>Writes it at the beginning of a text.</summary>
    public static void Write(Span<char> text, long timestamp)
    {
        "@T".CopyTo(text);
        timestamp.TryFormat(text[2..], out _, "x16", CultureInfo.InvariantCulture);
    }

    /// <summary>Writes it over another one.</summary>
    public static void Write(Span<byte> bytes, long timestamp) =>
        timestamp.TryFormat(bytes[2..], out _, "x16", CultureInfo.InvariantCulture);

    /// <summary>
    /// Reads the time of one that begins here and is complete; null if HTTP has put the end of a chunk into it.
    /// </summary>
    public static long? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes[..Length].Contains((byte)'\r'))
        {
            return null;
        }

        long value = 0;
        foreach (var digit in bytes.Slice(2, Digits))
        {
            value = (value << 4) | (uint)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
        }

        return value;
    }
}
