namespace DurableChat.ScaleTest.Chaos;

/// <summary>A fault that was injected.</summary>
/// <param name="Kind">What was done.</param>
/// <param name="Began">When, in seconds since the run began.</param>
/// <param name="Ended">When it was over and everything up again.</param>
internal sealed record FaultWindow(ChaosFault Kind, double Began, double Ended)
{
    /// <summary>How much later a command may begin and still be counted to the fault: so long its consequences are felt.</summary>
    private const double Aftermath = 3;

    /// <summary>True if a command was under way while the fault or its consequences were.</summary>
    public bool Touches(ActionRecord action) => action.At + action.Seconds >= Began && action.At <= Ended + Aftermath;
}
