using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace DurableChat.ScaleTest.Reporting;

/// <summary>
/// A line plot over time as SVG, which needs nothing besides itself. A script may add the values under the pointer; it
/// finds them in <c>data-plot</c>.
/// </summary>
/// <param name="Title">What is shown.</param>
/// <param name="Unit">The unit of the values; empty for plain counts.</param>
internal sealed record SvgPlot(string Title, string Unit)
{
    private const int Width = 640, Height = 240, Left = 56, Right = 12, Top = 12, Bottom = 26;

    /// <summary>The lines; a null value is a hole.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<double?> Values)> Lines { get; init; } = [];

    /// <summary>The points in time, in seconds.</summary>
    public IReadOnlyList<double> Seconds { get; init; } = [];

    /// <summary>The plot as a figure of HTML.</summary>
    public string Render()
    {
        var svg = new StringBuilder();
        var end = Seconds.Count > 0 ? Math.Max(Seconds[^1], 1) : 1;
        var (top, step) = Scale(Lines.SelectMany(line => line.Values).Max() ?? 0);
        for (var value = 0.0; value <= top + (step / 2); value += step)
        {
            var y = Text(Y(value, top));
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y}\" y2=\"{y}\"/>");
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text class=\"tick\" x=\"{Left - 6}\" y=\"{y}\" dy=\"4\" text-anchor=\"end\">{Label(value)}</text>");
        }

        var (_, interval) = Scale(end);
        for (var second = 0.0; second <= end; second += interval)
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text class=\"tick\" x=\"{Text(X(second, end))}\" y=\"{Height - 8}\" text-anchor=\"middle\">"
                    + $"{Label(second)} s</text>");
        }

        for (var i = 0; i < Lines.Count; i++)
        {
            svg.Append(
                CultureInfo.InvariantCulture, $"<path class=\"line c{i}\" d=\"{Path(Lines[i].Values, end, top)}\"/>");
        }

        var legend = string.Concat(Lines.Select(
            (line, i) => $"<span class=\"key\"><i class=\"c{i}\"></i>{WebUtility.HtmlEncode(line.Name)}</span>"));
        var data = JsonSerializer.Serialize(new
        {
            seconds = Seconds,
            names = Lines.Select(line => line.Name),
            values = Lines.Select(line => line.Values),
            left = Left,
            right = Width - Right,
            width = Width,
            end,
            unit = Unit,
        });
        return $"""
            <figure class="plot"><figcaption>{WebUtility.HtmlEncode(Title)}{(Unit.Length > 0 ? $" <small>{WebUtility.HtmlEncode(Unit)}</small>" : "")}</figcaption>
            <svg viewBox="0 0 {Width} {Height}" role="img" aria-label="{WebUtility.HtmlEncode(Title)}" data-plot="{WebUtility.HtmlEncode(data)}">{svg}<line class="cursor" y1="{Top}" y2="{Height - Bottom}" hidden/></svg>
            <div class="legend">{legend}<output></output></div></figure>
            """;
    }

    /// <summary>The top of an axis and its step, both round numbers.</summary>
    private static (double Top, double Step) Scale(double most)
    {
        if (most <= 0)
        {
            return (1, 1);
        }

        var raw = most / 4;
        var magnitude = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var step = (raw / magnitude) switch { <= 1 => 1, <= 2 => 2, <= 2.5 => 2.5, <= 5 => 5, _ => 10 } * magnitude;
        return (Math.Ceiling(most / step) * step, step);
    }

    private static double X(double second, double end) => Left + (second / end * (Width - Left - Right));

    private static double Y(double value, double top) => Height - Bottom - (value / top * (Height - Top - Bottom));

    private static string Text(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);

    private static string Label(double number) => number switch
    {
        >= 1_000_000 => (number / 1_000_000).ToString("0.#", CultureInfo.InvariantCulture) + "M",
        >= 10_000 => (number / 1000).ToString("0.#", CultureInfo.InvariantCulture) + "k",
        _ => number.ToString("0.###", CultureInfo.InvariantCulture),
    };

    private string Path(IReadOnlyList<double?> values, double end, double top)
    {
        var path = new StringBuilder();
        var isDrawing = false;
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] is { } value)
            {
                path.Append(isDrawing ? 'L' : 'M')
                    .Append(Text(X(Seconds[i], end)))
                    .Append(' ')
                    .Append(Text(Y(value, top)));
            }

            isDrawing = values[i] is not null;
        }

        return path.ToString();
    }
}
