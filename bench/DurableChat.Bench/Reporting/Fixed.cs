using System.Globalization;

namespace DurableChat.Bench.Reporting;

/// <summary>Numbers as tables show them.</summary>
internal static class Fixed
{
    /// <summary>With as many digits behind the point as the size asks for.</summary>
    public static string Text(double number) => Math.Abs(number) switch
    {
        0 => "0",
        < 0.1 => number.ToString("0.####", CultureInfo.InvariantCulture),
        < 10 => number.ToString("0.##", CultureInfo.InvariantCulture),
        < 1000 => number.ToString("0.#", CultureInfo.InvariantCulture),
        _ => number.ToString("N0", CultureInfo.InvariantCulture),
    };
}
