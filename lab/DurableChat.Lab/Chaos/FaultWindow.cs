using System.Globalization;

namespace DurableChat.Lab.Chaos;

/// <summary>A fault that was injected.</summary>
/// <param name="Kind">What was done.</param>
/// <param name="Began">When, in seconds since the run began.</param>
/// <param name="Ended">When it was over and everything up again.</param>
/// <param name="Victim">To which replica, if it was done to one.</param>
internal sealed record FaultWindow(ChaosFault Kind, double Began, double Ended, int Victim = -1)
{
    /// <summary>
    /// How much later a command may begin and still be counted to the fault: so long its consequences are felt.
    /// </summary>
    private const double Aftermath = 3;

    /// <summary>True if nothing can be committed while it lasts, or only with luck.</summary>
    public bool IsStall => Kind is ChaosFault.Restart or ChaosFault.Terminate or ChaosFault.DiskFull or ChaosFault.Hang
        or ChaosFault.ReadOnly or ChaosFault.Late;

    /// <summary>True if it ends or freezes what a replica does, so that another has to do it again.</summary>
    /// <param name="replica">The replica; -1 for one that is not known.</param>
    public bool Stops(int replica) => Kind switch
    {
        ChaosFault.Kill or ChaosFault.Pause or ChaosFault.Upgrade => replica < 0 || Victim < 0 || replica == Victim,
        ChaosFault.Rolling => true,
        _ => IsolatesReplicas,
    };

    /// <summary>
    /// True if it can keep one replica from the database while others reach it, for longer than a lease: that replica
    /// then counts as gone.
    /// </summary>
    public bool IsolatesReplicas { get; init; }

    /// <summary>True if it was at work at some time between two others.</summary>
    public bool Overlaps(double from, double to) => Began <= to && Ended >= from;

    /// <summary>True if a command was under way while the fault or its consequences were.</summary>
    public bool Touches(ActionRecord action) => action.At + action.Seconds >= Began && action.At <= Ended + Aftermath;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Kind.ToString().ToLowerInvariant()}{(Victim < 0 ? "" : $" of replica {Victim + 1}")} from {Began:0.0} s to "
            + $"{Ended:0.0} s");
}
