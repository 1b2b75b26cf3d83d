using DurableChat.Lab.Quiet;

namespace DurableChat.Lab.Reporting;

/// <summary>What one attack came to.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bound">What stands against it.</param>
/// <param name="Seen">What its requests came to.</param>
/// <param name="PeakBytes">The most memory that the servers had.</param>
/// <param name="BudgetBytes">What they may have; null if memory is not what it is about.</param>
/// <param name="Alone">What others saw before it; null if it is no load.</param>
/// <param name="Beside">What they saw beside it.</param>
/// <param name="Acknowledged">Messages of others that were acknowledged.</param>
/// <param name="Lost">Those that are gone.</param>
/// <param name="Findings">What does not hold.</param>
internal sealed record AttackResult(
    string Name,
    string Bound,
    string Seen,
    long PeakBytes,
    long? BudgetBytes,
    QuietTimes? Alone,
    QuietTimes? Beside,
    int Acknowledged,
    int Lost,
    IReadOnlyList<string> Findings);
