using System.Globalization;

namespace DurableChat.ScaleTest.Wire;

/// <summary>A position, read by the form the wire's documentation gives: <c>epoch.message.generation.seq</c>.</summary>
internal readonly record struct WirePosition(long Epoch, long Message, long Generation, long Seq)
{
    public static WirePosition? Read(string? text)
    {
        if (text?.Split('.') is not [var epoch, var message, var generation, var seq])
        {
            return null;
        }

        return Number(epoch) is { } e && Number(message) is { } m && Number(generation) is { } g && Number(seq) is { } s
            ? new WirePosition(e, m, g, s)
            : null;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Epoch}.{Message}.{Generation}.{Seq}");

    private static long? Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
