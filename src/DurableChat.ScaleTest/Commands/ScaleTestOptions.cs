using DurableChat.ScaleTest.Faults;
using DurableChat.ScaleTest.Running;
using DurableChat.ScaleTest.Scenarios;

namespace DurableChat.ScaleTest.Commands;

/// <summary>What a run is asked to do.</summary>
/// <param name="Load">The load.</param>
/// <param name="Bed">What it is put on.</param>
/// <param name="Faults">What is done to the cluster meanwhile.</param>
/// <param name="JsonFile">Where the report goes as JSON; null for nowhere.</param>
/// <param name="HtmlFile">Where the report goes as a page; null for nowhere.</param>
internal sealed record ScaleTestOptions(
    LoadOptions Load,
    BedOptions Bed,
    IReadOnlyList<FaultKind> Faults,
    string? JsonFile,
    string? HtmlFile);
