using System.Globalization;
using DurableChat.ScaleTest.Measuring;
using DurableChat.ScaleTest.Scenarios;
using Spectre.Console;

namespace DurableChat.ScaleTest.Reporting;

/// <summary>Shows how a run goes: a live table on a terminal, a line every few seconds elsewhere.</summary>
internal static class LiveProgress
{
    private static readonly TimeSpan _refresh = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _line = TimeSpan.FromSeconds(2);

    /// <summary>Shows it until <paramref name="run"/> has ended.</summary>
    public static Task ShowAsync(Load load, Sampler sampler, Task run) =>
        AnsiConsole.Profile.Out.IsTerminal
            ? AnsiConsole.Live(Render(load, sampler)).StartAsync(async live =>
            {
                await RepeatAsync(load, run, _refresh, () => live.UpdateTarget(Render(load, sampler)));
                live.UpdateTarget(Render(load, sampler));
            })
            : RepeatAsync(load, run, _line, () => Console.WriteLine(Line(load, sampler)));

    private static async Task RepeatAsync(Load load, Task run, TimeSpan interval, Action show)
    {
        while (await Task.WhenAny(run, Task.Delay(interval, load.Time)) != run)
        {
            show();
        }
    }

    private static Table Render(Load load, Sampler sampler)
    {
        var (last, rereads, hits) = Read(load, sampler);
        var expected = load.Options.Scenario == "soak" ? "" : $" of {(long)load.Options.Chats * load.Options.Turns}";
        var table = new Table { Border = TableBorder.Rounded, ShowHeaders = false };
        table.AddColumn("").AddColumn(new TableColumn("").RightAligned());
        table.AddRow("phase", Markup.Escape(load.Phase));
        table.AddRow("elapsed", Invariant($"{sampler.Elapsed.TotalSeconds:0} s"));
        table.AddRow("turns", Invariant($"{load.Counters.Completed}{expected}"));
        table.AddRow("turns failed", Invariant($"{load.Counters.Failed}"));
        table.AddRow("turns per second", Invariant($"{last.TurnsPerSecond:0.0}"));
        table.AddRow("events per second", Invariant($"{last.EventsPerSecond:0}"));
        table.AddRow("rereads per turn", rereads);
        table.AddRow("window hits", hits);
        table.AddRow("first part p99", Invariant($"{last.FirstPartP99Ms:0} ms"));
        table.AddRow("turn p99", Invariant($"{last.TurnP99Ms:0} ms"));
        table.AddRow("server CPU", Invariant($"{last.CpuCores:0.00} cores"));
        table.AddRow("server memory", Invariant($"{last.MemoryMb:0} MB"));
        table.AddRow("violations", load.Violations.Total == 0 ? "0" : $"[red]{load.Violations.Total}[/]");
        return table;
    }

    private static string Line(Load load, Sampler sampler)
    {
        var (last, rereads, hits) = Read(load, sampler);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{sampler.Elapsed.TotalSeconds,5:0} s  {load.Phase}: {load.Counters.Completed} turns "
                + $"({last.TurnsPerSecond:0.0}/s), {load.Counters.Failed} failed, rereads/turn {rereads}, hits {hits}, "
                + $"turn p99 {last.TurnP99Ms:0} ms, {load.Violations.Total} violations");
    }

    private static (Sample Last, string Rereads, string Hits) Read(Load load, Sampler sampler)
    {
        var last = sampler.Samples is [.., var newest] ? newest : new Sample();
        var looks = last.WindowHits + last.WindowMisses;
        return (
            last,
            Invariant($"{(last.TurnsCompleted == 0 ? 0 : last.Rereads / last.TurnsCompleted):0.00}"),
            looks == 0 ? "-" : Invariant($"{100 * last.WindowHits / looks:0.0} %"));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
