using System.Globalization;

namespace DurableChat.Models;

/// <summary>Between which numbers a request may choose a setting. Immutable.</summary>
/// <param name="Min">The least; null for the least that the setting can be.</param>
/// <param name="Max">The most; null for the most that the setting can be.</param>
public sealed record SettingBounds(double? Min = null, double? Max = null)
{
    /// <summary>True if the number is within them; they belong to it.</summary>
    public bool Contains(double value) =>
        value >= (Min ?? double.NegativeInfinity) && value <= (Max ?? double.PositiveInfinity);

    /// <summary>The nearest number within them; null for none.</summary>
    internal double? Nearest(double value) =>
        double.IsNaN(value) ? null : Math.Min(Math.Max(value, Min ?? value), Max ?? value);

    /// <summary>These bounds, no wider than what the setting can be.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No number is left.</exception>
    internal SettingBounds Within(double min, double max)
    {
        var inside = new SettingBounds(Math.Max(Min ?? min, min), Math.Min(Max ?? max, max));
        return inside.Contains(inside.Min!.Value)
            ? inside
            : throw new ArgumentOutOfRangeException(
                null, $"No number is {this}: the setting is {new SettingBounds(min, max)}.");
    }

    /// <summary>The same for a setting that is a whole number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No number is left.</exception>
    internal SettingBounds WholeFrom(int min) =>
        new SettingBounds(
            Min is { } least ? Math.Ceiling(least) : null, Max is { } most ? Math.Floor(most) : null).Within(
                min, int.MaxValue);

    /// <summary>In words, e.g. <c>0 to 1.2</c>.</summary>
    public override string ToString() => (Min, Max) switch
    {
        ({ } min, { } max) => string.Create(CultureInfo.InvariantCulture, $"{min} to {max}"),
        ({ } min, null) => string.Create(CultureInfo.InvariantCulture, $"{min} or more"),
        (null, { } max) => string.Create(CultureInfo.InvariantCulture, $"{max} or less"),
        _ => "any number",
    };
}
