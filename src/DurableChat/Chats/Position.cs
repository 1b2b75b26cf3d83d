using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace DurableChat.Chats;

/// <summary>
/// How far a subscriber has read. It has every message up to <see cref="MessageId"/> of history epoch
/// <see cref="Epoch"/>, and every part up to <see cref="Seq"/> of generation <see cref="Generation"/>. The wire form is
/// <c>epoch.message.generation.seq</c>. Clients return it unchanged and must not interpret it.
/// </summary>
/// <param name="Epoch">The history epoch, from 1. 0 if unknown.</param>
/// <param name="MessageId">The id of the last message. 0 for none.</param>
/// <param name="Generation">The last generation seen. 0 for none.</param>
/// <param name="Seq">The number of its last part. 0 if none is shown, e.g. because its message has arrived.</param>
public readonly record struct Position(long Epoch, long MessageId, long Generation, long Seq)
{
    /// <summary>The position before all events.</summary>
    public static readonly Position Start;

    /// <summary>
    /// Parses the wire form. False unless the text is four decimal numbers from 0 to 2⁶³ − 1, without signs, spaces or
    /// leading zeros.
    /// </summary>
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

    /// <summary>Returns the wire form.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Epoch}.{MessageId}.{Generation}.{Seq}");

    /// <summary>
    /// Checks each digit, because
    /// <see cref="long.TryParse(ReadOnlySpan{char}, NumberStyles, IFormatProvider?, out long)"/> accepts trailing NULs.
    /// </summary>
    private static bool TryParseNumber(ReadOnlySpan<char> digits, out long number) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number)
        && !digits.ContainsAnyExceptInRange('0', '9')
        && (digits.Length == 1 || digits[0] != '0');
}
