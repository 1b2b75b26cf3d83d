using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using DurableChat.ScaleTest.Measuring;

namespace DurableChat.ScaleTest.Reporting;

/// <summary>A report as one page that needs no other file and no network.</summary>
internal static class HtmlReport
{
    public static string Render(ScaleReport report)
    {
        var isClean = report.IsClean();
        return $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Scale test: {Escape(report.Config.Scenario)}, {report.Config.Chats} chats</title>
            <style>{Resource("report.css")}</style>
            </head>
            <body>
            <header>
            <h1>Scale test <em>{Escape(report.Config.Scenario)}</em></h1>
            <p>{Escape(Summary(report))}</p>
            <p class="verdict {(isClean ? "good" : "bad")}">{Escape(Verdict(report))}</p>
            </header>
            <section class="tiles">{Tiles(report)}</section>
            <section class="plots">{string.Concat(Plots(report.Series).Select(plot => plot.Render()))}</section>
            {Texts("Violations", report.Violations)}
            {Texts("What went wrong", report.Failures)}
            <section class="tables"><div><h2>Figures</h2>{Figures(report)}</div><div><h2>Configuration</h2>{Configuration(report)}</div></section>
            <footer>Made by <code>durablechat scaletest</code> on {report.StartedAt.ToString("u", CultureInfo.InvariantCulture)}</footer>
            <script>{Resource("report.js")}</script>
            </body>
            </html>
            """;
    }

    private static string Summary(ScaleReport report) => string.Create(
        CultureInfo.InvariantCulture,
        $"{report.Config.Chats} chats, {report.Turns.Completed} turns, "
            + $"{Plural(report.Config.SubscribersPerChat, "subscriber")} per chat, "
            + $"{Plural(report.Config.Replicas, "replica")}, {report.ElapsedSeconds:0.0} s on "
            + $"{Plural(report.Config.Cores, "core")}");

    private static string Verdict(ScaleReport report) =>
        report.IsClean() ? "Every turn was answered; nothing was lost, repeated or out of order."
        : report.Delivery.Violations > 0 ? $"{Plural(report.Delivery.Violations, "violation")} of delivery."
        : report.Failures.Count > 0 ? "The run did not go as it should: see below."
        : report.Interrupted ? "Interrupted: the figures are those so far."
        : $"{Plural(report.Turns.Failed, "turn")} failed.";

    private static string Tiles(ScaleReport report)
    {
        (string Name, string Value)[] tiles =
        [
            ("rereads per turn", Number(report.Reads.RereadsPerTurn)),
            ("statements per turn", Number(report.Store.StatementsPerTurn)),
            ("turns per second", Number(report.Turns.PerSecond)),
            ("turn p99", Time(report.LatencyMs.TurnP99)),
            ("commit to delivery p99", Time(report.LatencyMs.CommitToDeliveryP99)),
            ("server CPU", $"{Number(report.Process.CpuSeconds)} s"),
            ("server peak memory", $"{Number(report.Process.RssPeakMb)} MB"),
            ("events checked", report.Delivery.Events.ToString("N0", CultureInfo.InvariantCulture)),
        ];
        return string.Concat(tiles.Select(
            tile => $"<div class=\"tile\"><b>{Escape(tile.Value)}</b><span>{Escape(tile.Name)}</span></div>"));
    }

    private static IEnumerable<SvgPlot> Plots(IReadOnlyList<Sample> series)
    {
        yield return Plot(
            "Reads for open streams",
            "since the start",
            ("rereads", sample => sample.Rereads),
            ("window misses", sample => sample.WindowMisses));
        yield return Plot("Window hits", "since the start", ("hits", sample => sample.WindowHits));
        yield return Plot("Turns", "per second", ("turns", sample => sample.TurnsPerSecond));
        yield return Plot("Events delivered", "per second", ("events", sample => sample.EventsPerSecond));
        yield return Plot(
            "Latency",
            "ms",
            ("first part p50", sample => sample.FirstPartP50Ms),
            ("first part p99", sample => sample.FirstPartP99Ms),
            ("turn p50", sample => sample.TurnP50Ms),
            ("turn p99", sample => sample.TurnP99Ms));
        yield return Plot(
            "Store",
            "since the start",
            ("statements", sample => sample.Statements),
            ("commits", sample => sample.Commits));
        yield return Plot("Server CPU", "cores", ("cores", sample => sample.CpuCores));
        yield return Plot("Server memory", "MB", ("resident", sample => sample.MemoryMb));
        yield return Plot("Open streams", "", ("streams", sample => sample.Streams));
        if (series.Any(sample => sample.PoolInUse > 0))
        {
            yield return Plot("Database pool", "connections in use", ("in use", sample => sample.PoolInUse));
        }

        SvgPlot Plot(string title, string unit, params (string Name, Func<Sample, double?> Read)[] lines) =>
            new(title, unit)
            {
                Seconds = [.. series.Select(sample => sample.Seconds)],
                Lines = [.. lines.Select(line => (line.Name, (IReadOnlyList<double?>)[.. series.Select(line.Read)]))],
            };
    }

    private static string Texts<T>(string title, IReadOnlyList<T> texts) => texts.Count == 0
        ? ""
        : $"<section class=\"violations\"><h2>{Escape(title)}</h2><pre>"
            + $"{Escape(string.Join("\n\n", texts))}</pre></section>";

    private static string Figures(ScaleReport report)
    {
        var rows = new StringBuilder();
        var section = "";
        foreach (var row in ReportRows.All.Where(row => row.Value(report) is not null))
        {
            if (row.Section != section)
            {
                section = row.Section;
                rows.Append(CultureInfo.InvariantCulture, $"<tr><th colspan=\"2\">{Escape(section)}</th></tr>");
            }

            rows.Append(
                CultureInfo.InvariantCulture,
                $"<tr><td>{Escape(row.Name)}</td><td class=\"number\">{Escape(row.Text(report))}</td></tr>");
        }

        return $"<table>{rows}</table>";
    }

    private static string Configuration(ScaleReport report)
    {
        var config = JsonSerializer.SerializeToElement(report.Config, ScaleReport.Json);
        var rows = config.EnumerateObject()
            .Where(property => property.Value.ValueKind != JsonValueKind.Null)
            .Select(
                property =>
                    $"<tr><td>{Escape(property.Name)}</td><td class=\"number\">"
                        + $"{Escape(property.Value.ToString())}</td></tr>");
        return $"<table>{string.Concat(rows)}</table>";
    }

    private static string Number(double? number) => number is { } known
        ? known.ToString(Math.Abs(known) >= 100 ? "N0" : "0.##", CultureInfo.InvariantCulture)
        : "–";

    private static string Time(double? milliseconds) =>
        milliseconds is >= 1000 and var known ? $"{Number(known / 1000)} s" : $"{Number(milliseconds)} ms";

    private static string Plural(long count, string word) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {word}{(count == 1 ? "" : "s")}");

    private static string Escape(string text) => WebUtility.HtmlEncode(text);

    private static string Resource(string name)
    {
        using var stream =
            typeof(HtmlReport).Assembly.GetManifestResourceStream($"DurableChat.ScaleTest.Reporting.{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
