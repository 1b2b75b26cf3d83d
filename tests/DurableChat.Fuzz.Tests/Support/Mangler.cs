using System.Text;

namespace DurableChat.Fuzz.Tests;

/// <summary>Makes bad input out of good, by a seed. Not thread-safe.</summary>
internal sealed class Mangler(int seed)
{
    private const int LargestRepeat = 64;

    private static readonly string[] _oddTexts =
    [
        "", " ", "0", "-1", "00", "+1", "1e9", "0x10", "1.5", "9223372036854775807", "9223372036854775808", "99999999999999999999999", "NaN", "null", "true", "[]", "{}", "\"", "'", "\\",
        "1.1.1.1", "0.0.0.0", "1.2.3", "1.2.3.4.5", "....", "1.9223372036854775807.9223372036854775807.9223372036854775807", "-1.-1.-1.-1", "1. 1.1.1", "\0", "1\0", "\u2028", "\ud83d", "\udc00", "é", "😀",
        "%00", "%", "..", "../..", "' OR 1=1--", "<script>", "\r\n", "a\r\nb: c", "__proto__", "queue", "interrupt", "QUEUE", "all", "ffffffffffffffffffffffffffffffff", "2026-01-01T00:00:00Z",
    ];

    private static readonly string[] _oddJson =
    [
        "null", "true", "-0", "1e400", "9223372036854775808", "\"\"", "[]", "{}", "[[[[[[[[]]]]]]]]", "{\"a\":{\"a\":{\"a\":{}}}}", "\"\\ud83d\"", "\"\\udc00x\"", "\"\\u0000\"", "\"\ufeff\"", "[null]", "[{}]",
        "\"\\", "nul", "1.", "{\"a\":1,\"a\":2}", "/*x*/1", "\"😀\"", "\"00000000000000000000000000000000\"", "-9223372036854775808", "0.1",
    ];

    private static readonly string[] _oddNames =
    [
        "\"\"", "\"\\ud83d\"", "\"\\udc00x\"", "\"\\u0000\"", "\"type\"", "\"id\"", "\"$type\"", "\"$id\"", "\"$ref\"", "\"__proto__\"", "\"TYPE\"", "\"t\\u0079pe\"", "\"😀\"", "\"a.b\"", "\"a\\\"b\"",
    ];

    private readonly Random _random = new(seed);

    public int Next(int below) => _random.Next(below);

    public bool Chance(int percent) => _random.Next(100) < percent;

    public T Pick<T>(IReadOnlyList<T> among) => among[_random.Next(among.Count)];

    /// <summary>A text that is odd, or a few characters of any kind.</summary>
    public string Text()
    {
        if (Chance(60))
        {
            return Pick(_oddTexts);
        }

        var text = new char[Next(Chance(5) ? 2_000 : 24)];
        var isPlain = Chance(60);
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = isPlain ? (char)(' ' + Next(95)) : (char)Next(char.MaxValue + 1);
        }

        return new string(text);
    }

    /// <summary>A good text with something done to it, or another one.</summary>
    public string Mangle(string good)
    {
        if (good.Length == 0 || Chance(25))
        {
            return Text();
        }

        var at = Next(good.Length);
        return Next(6) switch
        {
            0 => good[..at],
            1 => good.Insert(at, Text()),
            2 => good.Remove(at, Math.Min(good.Length - at, 1 + Next(8))),
            3 => string.Concat(Enumerable.Repeat(good, 2 + Next(3))),
            4 => good[..at] + (char)Next(char.MaxValue + 1) + good[(at + 1)..],
            _ => good[at..] + good[..at],
        };
    }

    /// <summary>
    /// Good bytes with a few things done to them. Where they are JSON, mostly whole values and members are replaced,
    /// moved or left out, so that what comes out is still JSON.
    /// </summary>
    public byte[] Mangle(byte[] good)
    {
        var bytes = good;
        for (var times = 1 + Next(3); times > 0; times--)
        {
            bytes = Next(10) switch
            {
                < 4 => Rebuild(bytes),
                < 6 => ReplaceValue(bytes),
                _ => Damage(bytes),
            };
        }

        return bytes;
    }

    /// <summary>Server-Sent Events with a few things done to their data, to their order, and to the bytes.</summary>
    public byte[] MangleEvents(byte[] good)
    {
        var lines = Encoding.Latin1.GetString(good).Split('\n').ToList();
        for (var times = 1 + Next(3); times > 0; times--)
        {
            var at = Next(lines.Count);
            switch (Next(8))
            {
                case 0:
                    lines.RemoveAt(at);
                    lines.Add(string.Empty);
                    break;
                case 1:
                    lines.Insert(at, Pick(lines));
                    break;
                case 2:
                    (lines[at], lines[^1]) = (lines[^1], lines[at]);
                    break;
                case 3:
                    lines.InsertRange(at, Enumerable.Repeat(lines[at], 1 + Next(LargestRepeat)));
                    break;
                default:
                    lines[at] = MangleData(lines[at]);
                    break;
            }
        }

        var bytes = Encoding.Latin1.GetBytes(string.Join('\n', lines));
        return Chance(25) ? Damage(bytes) : bytes;
    }

    /// <summary>Any bytes.</summary>
    public byte[] Bytes(int below)
    {
        var bytes = new byte[Next(below)];
        _random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>The line of an event, of which only the data is changed.</summary>
    private string MangleData(string line)
    {
        var start = line.StartsWith("data:", StringComparison.Ordinal) ? "data:".Length : 0;
        return line[..start] + Encoding.Latin1.GetString(Mangle(Encoding.Latin1.GetBytes(line[start..])));
    }

    /// <summary>Changes JSON where its values and members are.</summary>
    private byte[] Rebuild(byte[] json)
    {
        var map = JsonMap.Of(json);
        if (map.Values.Count == 0)
        {
            return Damage(json);
        }

        var value = Pick(map.Values);
        var member = map.Members.Count > 0 ? Pick(map.Members) : value;
        return Next(14) switch
        {
            0 or 1 => Replace(json, value, Encoding.UTF8.GetBytes(Pick(_oddJson))),
            2 or 3 => Replace(json, value, json[Pick(map.Values)]),
            4 or 5 => Replace(json, member, []),
            6 or 7 => Replace(json, member, [.. json[member], (byte)',', .. json[member]]),
            8 or 9 => Replace(json, member, json[map.Members.Count > 0 ? Pick(map.Members) : value]),
            10 when map.Names.Count > 0 => Replace(json, Pick(map.Names), Encoding.UTF8.GetBytes(Pick(_oddNames))),
            11 when map.Names.Count > 0 => Replace(json, Pick(map.Names), json[Pick(map.Names)]),
            _ => Replace(json, value, Nested(json[value])),
        };
    }

    private byte[] Nested(byte[] value)
    {
        var depth = Chance(90) ? 1 : Next(100);
        return Chance(50)
            ? [.. Enumerable.Repeat((byte)'[', depth), .. value, .. Enumerable.Repeat((byte)']', depth)]
            : [.. Enumerable.Range(0, depth).SelectMany(_ => "{\"a\":"u8.ToArray()), .. value, .. Enumerable.Repeat((byte)'}', depth)];
    }

    private static byte[] Replace(byte[] json, Range at, byte[] with)
    {
        var (start, length) = at.GetOffsetAndLength(json.Length);
        return [.. json.AsSpan(0, start), .. with, .. json.AsSpan(start + length)];
    }

    private byte[] ReplaceValue(byte[] json)
    {
        // A value stands behind a colon, a comma or a bracket, and ends before the next of them.
        var starts = Enumerable.Range(0, json.Length).Where(i => json[i] is (byte)':' or (byte)',' or (byte)'[').ToArray();
        if (starts.Length == 0)
        {
            return Damage(json);
        }

        var start = Pick(starts) + 1;
        var end = Array.FindIndex(json, start, value => value is (byte)',' or (byte)'}' or (byte)']');
        return [.. json.AsSpan(0, start), .. Encoding.UTF8.GetBytes(Pick(_oddJson)), .. json.AsSpan(end < 0 ? json.Length : end)];
    }

    private byte[] Damage(byte[] bytes)
    {
        if (bytes.Length == 0)
        {
            return Bytes(16);
        }

        var at = Next(bytes.Length);
        var length = Math.Min(bytes.Length - at, 1 + Next(16));
        switch (Next(7))
        {
            case 0:
                return bytes[..at];
            case 1:
                return [.. bytes[..at], .. Bytes(8), .. bytes[at..]];
            case 2:
                return [.. bytes[..at], .. bytes[(at + length)..]];
            case 3:
                return [.. bytes[..at], .. Enumerable.Repeat(bytes[at], 1 + Next(LargestRepeat)), .. bytes[at..]];
            case 4:
                return [.. bytes[..(at + length)], .. bytes[at..]];
            case 5:
                return [.. bytes[..at], .. Encoding.UTF8.GetBytes(Pick(_oddJson)), .. bytes[at..]];
            default:
                var flipped = (byte[])bytes.Clone();
                flipped[at] ^= (byte)(1 << Next(8));
                return flipped;
        }
    }
}
