using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace DurableChat.Chats;

/// <summary>
/// How far a subscriber has got: it has every message up to <see cref="MessageId"/> of history epoch <see cref="Epoch"/>,
/// and of generation <see cref="Generation"/> every part up to <see cref="Seq"/>. On the wire it is
/// <c>epoch.message.generation.seq</c>, to be handed back unread.
/// </summary>
/// <param name="Epoch">The history epoch, from 1; 0 if not known.</param>
/// <param name="MessageId">The last message; 0 for none.</param>
/// <param name="Generation">The generation last seen; 0 for none.</param>
/// <param name="Seq">The last part of it; 0 if none is on screen, e.g. because its message has arrived.</param>
public readonly record struct Position(long Epoch, long MessageId, long Generation, long Seq)
{
    /// <summary>Before everything.</summary>
    public static readonly Position Start;

    /// <summary>Reads the wire form; false unless it is four decimal numbers from 0 to 2⁶³ − 1, without signs, spaces or leading zeros.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Position position)
    {
        position = default;
        if (text is null || text.Length > 4 * 20)
        {
            return false;
        }

        Span<long> numbers = stackalloc long[4];
        var count = 0;
        foreach (var range in text.AsSpan().Split('.'))
        {
            if (count == numbers.Length || !TryParseNumber(text.AsSpan(range), out numbers[count++]))
            {
                return false;
            }
        }

        if (count < numbers.Length)
        {
            return false;
        }

        position = new Position(numbers[0], numbers[1], numbers[2], numbers[3]);
        return true;
    }

    /// <summary>The wire form.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch}.{MessageId}.{Generation}.{Seq}");

    /// <summary>The digits are looked at one by one because <see cref="long.TryParse(ReadOnlySpan{char}, NumberStyles, IFormatProvider?, out long)"/> lets NULs follow.</summary>
    private static bool TryParseNumber(ReadOnlySpan<char> digits, out long number) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number)
        && !digits.ContainsAnyExceptInRange('0', '9')
        && (digits.Length == 1 || digits[0] != '0');
}
