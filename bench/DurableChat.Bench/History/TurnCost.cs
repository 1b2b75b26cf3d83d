namespace DurableChat.Bench.History;

/// <summary>What a turn costs.</summary>
/// <param name="MedianMs">From sending until the answer is there.</param>
/// <param name="Statements">Of SQL.</param>
/// <param name="Reads">Of messages, for streams or the model.</param>
/// <param name="ServerMs">CPU time of the server.</param>
/// <param name="DatabaseMs">CPU time of PostgreSQL.</param>
internal readonly record struct TurnCost(
    double MedianMs,
    double Statements,
    double Reads,
    double ServerMs,
    double DatabaseMs);
