namespace DurableChat.Bench.Reporting;

/// <summary>What a part of the bench found.</summary>
/// <param name="Part">Its name.</param>
/// <param name="Command">How it is repeated.</param>
/// <param name="Lines">Its tables in Markdown.</param>
/// <param name="Figures">Single figures by name, from which the goals are judged.</param>
internal sealed record PartReport(
    string Part,
    string Command,
    IReadOnlyList<string> Lines,
    IReadOnlyDictionary<string, double> Figures)
{
    /// <summary>Plots, by the name of their file.</summary>
    public IReadOnlyDictionary<string, string> Plots { get; init; } = new Dictionary<string, string>();
}
