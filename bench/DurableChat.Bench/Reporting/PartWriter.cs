using DurableChat.Bench.Goals;

namespace DurableChat.Bench.Reporting;

/// <summary>Prints a part's report; unless it was only a quick look, writes it down too.</summary>
internal static class PartWriter
{
    private static readonly string _images = Path.Combine("docs", "images");

    public static void Write(PartReport report, bool isQuick)
    {
        foreach (var line in report.Lines)
        {
            Console.WriteLine(line);
        }

        if (isQuick)
        {
            return;
        }

        foreach (var (name, svg) in report.Plots)
        {
            File.WriteAllText(Path.Combine(_images, name), svg);
        }

        Figures.Save(report.Part, report.Figures);
        var pictures = report.Plots.Keys.SelectMany(
            name => new[] { "", $"![{Path.GetFileNameWithoutExtension(name).Replace('-', ' ')}](images/{name})" });
        PerformanceDoc.Write(
            report.Part,
            [$"{Machine.Describe(TimeProvider.System)}. `{report.Command}`", "", .. report.Lines, .. pictures]);
        PerformanceDoc.Write("goals", GoalTable.Markdown(Figures.Load()));
    }
}
