using System.Globalization;
using DurableChat.ScaleTest.Measuring;
using Spectre.Console;

namespace DurableChat.ScaleTest.Reporting;

/// <summary>Reports as tables: for people on a terminal, and as Markdown elsewhere.</summary>
internal static class Tables
{
    private const int WidthOfFiles = 1000;

    /// <summary>One run.</summary>
    public static Table One(ScaleReport report)
    {
        var table = New();
        table.AddColumn("");
        table.AddColumn("figure");
        table.AddColumn(new TableColumn("value").RightAligned());
        var section = "";
        foreach (var row in ReportRows.All.Where(row => row.Value(report) is not null))
        {
            table.AddRow(row.Section == section ? "" : row.Section, row.Name, Markup.Escape(row.Text(report)));
            section = row.Section;
        }

        return table;
    }

    /// <summary>Marks side by side.</summary>
    public static Table Of(IReadOnlyList<Mark> marks)
    {
        var table = New();
        table.AddColumn("");
        foreach (var mark in marks)
        {
            table.AddColumn(new TableColumn(Markup.Escape(mark.At)).RightAligned());
        }

        foreach (var name in marks.SelectMany(mark => mark.Figures.Keys).Distinct())
        {
            table.AddRow([name, .. marks.Select(mark => mark.Figures.TryGetValue(name, out var figure)
                ? figure.ToString("0.##", CultureInfo.InvariantCulture)
                : "")]);
        }

        return table;
    }

    /// <summary>Several runs side by side; ratios are to the first.</summary>
    public static Table Compare(IReadOnlyList<(string Name, ScaleReport Report)> reports)
    {
        var table = New();
        table.AddColumn("");
        table.AddColumn("figure");
        foreach (var (name, _) in reports)
        {
            table.AddColumn(new TableColumn(Markup.Escape(name)).RightAligned());
        }

        foreach (var (name, _) in reports.Skip(1))
        {
            table.AddColumn(new TableColumn(Markup.Escape($"{name} / {reports[0].Name}")).RightAligned());
        }

        var section = "";
        foreach (var row in ReportRows.All.Where(row => reports.Any(pair => row.Value(pair.Report) is not null)))
        {
            var cells = new List<string> { row.Section == section ? "" : row.Section, row.Name };
            cells.AddRange(reports.Select(pair => row.Text(pair.Report)));
            cells.AddRange(reports.Skip(1).Select(pair => Ratio(row.Value(reports[0].Report), row.Value(pair.Report))));
            table.AddRow([.. cells.Select(Markup.Escape)]);
            section = row.Section;
        }

        return table;
    }

    /// <summary>Prints a table. A file or a pipe has no width to wrap at.</summary>
    public static void Print(Table table)
    {
        if (!AnsiConsole.Profile.Out.IsTerminal)
        {
            AnsiConsole.Profile.Width = WidthOfFiles;
        }

        AnsiConsole.Write(table);
    }

    private static Table New() =>
        new() { Border = AnsiConsole.Profile.Out.IsTerminal ? TableBorder.Rounded : TableBorder.Markdown };

    private static string Ratio(double? first, double? other) =>
        first is { } a && other is { } b && a != 0
            ? (b / a).ToString(b / a < 0.1 ? "0.000" : "0.00", CultureInfo.InvariantCulture)
            : "";
}
