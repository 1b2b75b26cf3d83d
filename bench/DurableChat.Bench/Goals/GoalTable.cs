using DurableChat.Bench.Reporting;

namespace DurableChat.Bench.Goals;

/// <summary>The table of goals.</summary>
internal static class GoalTable
{
    public static IEnumerable<string> Markdown(IReadOnlyDictionary<string, double> figures)
    {
        yield return "| goal | bound | measured | |";
        yield return "| --- | ---: | ---: | --- |";
        foreach (var goal in GoalList.All)
        {
            yield return $"| {goal.Text} | {(goal.IsAtLeast ? "≥" : "≤")} {Fixed.Text(goal.Target)} | "
                + $"{Judge(goal, figures)} |";
        }
    }

    private static string Judge(Goal goal, IReadOnlyDictionary<string, double> figures)
    {
        try
        {
            var measured = goal.Measure(figures);
            return $"{Fixed.Text(measured)} | {(goal.IsMetBy(measured) ? "met" : "**missed**")}";
        }
        catch (KeyNotFoundException)
        {
            return "– | not run";
        }
    }
}
