using System.Globalization;
using System.Text;

namespace DurableChat.Bench.Reporting;

/// <summary>A line plot as an SVG file of its own, for a page in Markdown.</summary>
/// <param name="Title">What is shown.</param>
/// <param name="Across">What the horizontal axis counts.</param>
/// <param name="Places">The places on it, rising.</param>
internal sealed record PlotFile(string Title, string Across, IReadOnlyList<double> Places)
{
    private const int Width = 640, Height = 300, Left = 64, Right = 16, Top = 56, Bottom = 44;
    private static readonly string[] _colours = ["#2563eb", "#d97706", "#059669", "#dc2626", "#7c3aed", "#475569"];

    /// <summary>The lines: a value for each place.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<double> Values)> Lines { get; init; } = [];

    public string Render()
    {
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" height=\""
                + $"{Height}\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#475569\">\n");
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<rect width=\"{Width}\" height=\"{Height}\" fill=\"#ffffff\"/>\n<text x=\"{Left}\" y=\"18\" "
                + $"font-size=\"14\" fill=\"#0f172a\">{Title}</text>\n");
        var top = RoundUp(Lines.SelectMany(line => line.Values).DefaultIfEmpty(1).Max());
        for (var i = 0; i <= 4; i++)
        {
            var y = Y(top * i / 4, top);
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y:F1}\" y2=\"{y:F1}\" stroke=\"#e2e8f0\"/><text x=\""
                    + $"{Left - 8}\" y=\"{y + 4:F1}\" text-anchor=\"end\">{top * i / 4:#,0.###}</text>\n");
        }

        foreach (var place in Places)
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text x=\"{X(place):F1}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{place:#,0}</text>\n");
        }

        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text x=\"{(Width + Left - Right) / 2}\" y=\"{Height - 8}\" text-anchor=\"middle\">{Across}</text>\n");
        for (var i = 0; i < Lines.Count; i++)
        {
            AddLine(svg, i, top);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private void AddLine(StringBuilder svg, int number, double top)
    {
        var (name, values) = Lines[number];
        var colour = _colours[number % _colours.Length];
        var points = string.Join(' ', values.Select(
            (value, i) => string.Create(CultureInfo.InvariantCulture, $"{X(Places[i]):F1},{Y(value, top):F1}")));
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\n");
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text x=\"{Left + (number * 190)}\" y=\"40\" fill=\"{colour}\">{name}</text>\n");
    }

    /// <summary>The places may span decades, so the axis is logarithmic.</summary>
    private double X(double place)
    {
        var (first, last) = (Math.Log(Places[0]), Math.Log(Places[^1]));
        return Left
            + 20
            + ((last > first ? (Math.Log(place) - first) / (last - first) : 0.5) * (Width - Left - Right - 40));
    }

    private static double Y(double value, double top) => Height - Bottom - (value / top * (Height - Top - Bottom));

    private static double RoundUp(double most)
    {
        var magnitude = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(most, 1e-9))));
        return (most / magnitude) switch { <= 1 => 1, <= 2 => 2, <= 4 => 4, <= 5 => 5, <= 8 => 8, _ => 10 } * magnitude;
    }
}
