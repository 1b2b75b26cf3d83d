using System.Globalization;
using DurableChat.Lab.Chaos.Checking;
using DurableChat.ScaleTest.Mock;

namespace DurableChat.Lab.Chaos;

/// <summary>How long chats waited for a driver, and what was done more than once.</summary>
/// <param name="LongestDriverlessSeconds">
/// The longest that a chat needed a driver and had none, without an excuse.
/// </param>
/// <param name="AllowedDriverlessSeconds">How long that may be.</param>
/// <param name="Answers">Answers that the model began.</param>
/// <param name="RepeatedAnswers">Those that it had begun before from the same history.</param>
/// <param name="UnexcusedAnswers">Those of them that nothing excuses.</param>
/// <param name="ToolRuns">Runs of tools.</param>
/// <param name="RepeatedToolRuns">Those of a call that had run before.</param>
/// <param name="UnexcusedToolRuns">Those of them that nothing excuses.</param>
/// <param name="StandstillSeconds">
/// How long the machine itself stood still, which excuses much: the fewer, the more the run says.
/// </param>
internal sealed record DriverFigures(
    double LongestDriverlessSeconds,
    double AllowedDriverlessSeconds,
    int Answers,
    int RepeatedAnswers,
    int UnexcusedAnswers,
    int ToolRuns,
    int RepeatedToolRuns,
    int UnexcusedToolRuns,
    double StandstillSeconds)
{
    /// <summary>The figures of a run.</summary>
    public static DriverFigures Of(IReadOnlyList<RecordedChat> chats, RunLimits limits)
    {
        var repeats = chats.SelectMany(OnceLaws.Find).ToList();
        return new DriverFigures(
            Math.Round(chats.SelectMany(DriverLaws.Find).Select(gap => gap.Seconds).DefaultIfEmpty().Max(), 1),
            limits.Driverless,
            chats.Sum(chat => chat.Work.Count(work => work.Kind == WorkKind.Answer)),
            repeats.Count(repeat => repeat.First.Kind == WorkKind.Answer),
            repeats.Count(repeat => repeat is { First.Kind: WorkKind.Answer, IsExcused: false }),
            chats.Sum(chat => chat.Work.Count(work => work.Kind == WorkKind.Tool)),
            repeats.Count(repeat => repeat.First.Kind == WorkKind.Tool),
            repeats.Count(repeat => repeat is { First.Kind: WorkKind.Tool, IsExcused: false }),
            Math.Round(
                chats.Select(chat => chat.Circumstances.Lulls.Sum(lull => lull.To - lull.From)).DefaultIfEmpty().Max(),
                1));
    }

    /// <summary>The figures of several runs together.</summary>
    public static DriverFigures Sum(IEnumerable<DriverFigures> runs) => runs.Aggregate(
        new DriverFigures(0, 0, 0, 0, 0, 0, 0, 0, 0),
        (sum, run) => new DriverFigures(
            Math.Max(sum.LongestDriverlessSeconds, run.LongestDriverlessSeconds),
            Math.Max(sum.AllowedDriverlessSeconds, run.AllowedDriverlessSeconds),
            sum.Answers + run.Answers,
            sum.RepeatedAnswers + run.RepeatedAnswers,
            sum.UnexcusedAnswers + run.UnexcusedAnswers,
            sum.ToolRuns + run.ToolRuns,
            sum.RepeatedToolRuns + run.RepeatedToolRuns,
            sum.UnexcusedToolRuns + run.UnexcusedToolRuns,
            Math.Round(sum.StandstillSeconds + run.StandstillSeconds, 1)));

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"longest without a driver {LongestDriverlessSeconds:0.0} of {AllowedDriverlessSeconds:0.0} s, answers "
            + $"{Answers} (again {RepeatedAnswers}, unexcused {UnexcusedAnswers}), tool runs {ToolRuns} (again "
            + $"{RepeatedToolRuns}, unexcused {UnexcusedToolRuns}), machine stood still {StandstillSeconds:0.0} s");
}
