namespace DurableChat.Lab.Faults;

/// <summary>The configuration section <c>Lab</c> of a server that the lab runs. The product does not know it.</summary>
internal sealed class LabSettings
{
    /// <summary>The section's name.</summary>
    public const string Section = "Lab";

    /// <summary>How far the server's clock is off, in minutes.</summary>
    public int ClockOffsetMinutes { get; set; }

    /// <summary>The share of notifications to lose, to repeat and to delay behind later ones, from 0 to 1.</summary>
    public double NotificationFaultRate { get; set; }

    /// <summary>Where the mock model runs a tool named <c>work</c>; null for no such tool.</summary>
    public Uri? ToolUrl { get; set; }
}
