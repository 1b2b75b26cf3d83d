using DurableChat.ScaleTest.Checking;

namespace DurableChat.Lab.Chaos;

/// <summary>What came of one seed.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Acknowledged">Commands that were answered with success.</param>
/// <param name="Refused">Commands that were refused.</param>
/// <param name="Unsure">Commands without an answer that says whether they were done.</param>
/// <param name="Events">Events that followers were given.</param>
/// <param name="Connections">Connections of followers.</param>
/// <param name="LongestWaitSeconds">
/// The longest that a client waited for an acknowledgement, retries at other replicas included.
/// </param>
/// <param name="Seconds">How long the run took, by its clock.</param>
/// <param name="Faults">For each kind of fault, what it did.</param>
/// <param name="Violations">What was found.</param>
/// <param name="Driving">How long chats waited for a driver, and what was done more than once.</param>
/// <param name="Usage">What became of the cost that the model reported.</param>
internal sealed record ChaosResult(
    int Seed,
    int Acknowledged,
    int Refused,
    int Unsure,
    int Events,
    int Connections,
    double LongestWaitSeconds,
    double Seconds,
    IReadOnlyList<FaultSummary> Faults,
    IReadOnlyList<Violation> Violations,
    DriverFigures Driving,
    UsageFigures Usage);

/// <summary>What became of commands while one kind of fault was at work.</summary>
/// <param name="Kind">The kind; null for all the time in which there was none.</param>
/// <param name="Injected">How often.</param>
/// <param name="Acknowledged">Commands acknowledged while it, or its consequences, lasted.</param>
/// <param name="LongestWaitSeconds">The longest that one of them waited.</param>
internal sealed record FaultSummary(ChaosFault? Kind, int Injected, int Acknowledged, double LongestWaitSeconds);
