using System.Globalization;

namespace DurableChat.Models;

/// <summary>The range in which a request may choose a setting. Immutable.</summary>
/// <param name="Min">The minimum. Null for the setting's own minimum.</param>
/// <param name="Max">The maximum. Null for the setting's own maximum.</param>
public sealed record SettingBounds(double? Min = null, double? Max = null)
{
    /// <summary>True if the number is within the bounds, inclusive.</summary>
    public bool Contains(double value) =>
        value >= (Min ?? double.NegativeInfinity) && value <= (Max ?? double.PositiveInfinity);

    /// <summary>The nearest number within the bounds. Null for none.</summary>
    internal double? Nearest(double value) =>
        double.IsNaN(value) ? null : Math.Min(Math.Max(value, Min ?? value), Max ?? value);

    /// <summary>These bounds, limited to the setting's own range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No number is within the bounds.</exception>
    internal SettingBounds Within(double min, double max)
    {
        var inside = new SettingBounds(Math.Max(Min ?? min, min), Math.Min(Max ?? max, max));
        return inside.Contains(inside.Min!.Value)
            ? inside
            : throw new ArgumentOutOfRangeException(
                null, $"No number is {this}: the setting is {new SettingBounds(min, max)}.");
    }

    /// <summary>These bounds, for a setting that is an integer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No number is within the bounds.</exception>
    internal SettingBounds WholeFrom(int min) =>
        new SettingBounds(
            Min is { } least ? Math.Ceiling(least) : null, Max is { } most ? Math.Floor(most) : null).Within(
                min, int.MaxValue);

    /// <summary>The bounds as text, e.g. <c>0 to 1.2</c>.</summary>
    public override string ToString() => (Min, Max) switch
    {
        ({ } min, { } max) => string.Create(CultureInfo.InvariantCulture, $"{min} to {max}"),
        ({ } min, null) => string.Create(CultureInfo.InvariantCulture, $"{min} or more"),
        (null, { } max) => string.Create(CultureInfo.InvariantCulture, $"{max} or less"),
        _ => "any number",
    };
}
