namespace DurableChat.ScaleTest.Measuring;

/// <summary>
/// What a scenario measured at one point of its run: figures that should be the same at each point, whatever has come
/// together until then.
/// </summary>
/// <param name="At">Which point.</param>
/// <param name="Figures">The figures, by name.</param>
internal sealed record Mark(string At, IReadOnlyDictionary<string, double> Figures);
