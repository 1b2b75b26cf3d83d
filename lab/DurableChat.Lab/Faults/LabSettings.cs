namespace DurableChat.Lab.Faults;

/// <summary>The configuration section <c>Lab</c> of a server that the lab runs. The product does not know it.</summary>
internal sealed class LabSettings
{
    /// <summary>The section's name.</summary>
    public const string Section = "Lab";

    /// <summary>Where the mock model runs a tool named <c>work</c>; null for no such tool.</summary>
    public Uri? ToolUrl { get; set; }
}
