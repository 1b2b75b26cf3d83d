using System.Globalization;

namespace DurableChat.ScaleTest.Measuring;

/// <summary>The text format of Prometheus, as far as sums and histograms need it.</summary>
/// <remarks>Source: Prometheus documentation, "Exposition formats", version 0.0.4.</remarks>
internal sealed class PrometheusText
{
    private readonly Dictionary<string, List<(string Labels, double Value)>> _series = new(StringComparer.Ordinal);

    /// <summary>Reads the texts of several replicas as one.</summary>
    public static PrometheusText Read(IEnumerable<string> texts)
    {
        var read = new PrometheusText();
        foreach (var line in texts.SelectMany(text => text.Split('\n')))
        {
            read.ReadLine(line);
        }

        return read;
    }

    /// <summary>
    /// The sum of all series of a name whose labels hold all of the given texts, such as <c>reason="initial"</c>.
    /// </summary>
    public double Sum(string name, params ReadOnlySpan<string> labels)
    {
        var sum = 0.0;
        foreach (var (held, value) in _series.GetValueOrDefault(name, []))
        {
            var isWanted = true;
            foreach (var label in labels)
            {
                isWanted &= held.Contains(label, StringComparison.Ordinal);
            }

            sum += isWanted ? value : 0;
        }

        return sum;
    }

    /// <summary>True if there is a series of that name.</summary>
    public bool Has(string name) => _series.ContainsKey(name);

    /// <summary>A histogram's cumulative counts by upper bound, over all of its series.</summary>
    public SortedDictionary<double, double> Buckets(string name)
    {
        var buckets = new SortedDictionary<double, double>();
        foreach (var (labels, count) in _series.GetValueOrDefault(name + "_bucket", []))
        {
            var start = labels.IndexOf("le=\"", StringComparison.Ordinal) + 4;
            var text = labels[start..labels.IndexOf('"', start)];
            var bound = text == "+Inf" ? double.PositiveInfinity : double.Parse(text, CultureInfo.InvariantCulture);
            buckets[bound] = buckets.GetValueOrDefault(bound) + count;
        }

        return buckets;
    }

    private void ReadLine(string line)
    {
        if (line.Length == 0 || line[0] == '#')
        {
            return;
        }

        var open = line.IndexOf('{', StringComparison.Ordinal);
        var close = line.LastIndexOf('}');
        if (open > close || !line.Contains(' ', StringComparison.Ordinal))
        {
            // Not of this format: something else than metrics was read.
            return;
        }

        var name = open >= 0 ? line[..open] : line[..line.IndexOf(' ', StringComparison.Ordinal)];
        var value = (open >= 0 ? line[(close + 1)..] : line[name.Length..]).TrimStart().Split(' ')[0];
        if (!_series.TryGetValue(name, out var series))
        {
            _series[name] = series = [];
        }

        series.Add((
            open >= 0 ? line[(open + 1)..close] : "",
            double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : 0));
    }
}
