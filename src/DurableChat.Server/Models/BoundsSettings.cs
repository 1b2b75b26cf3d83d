using DurableChat.Models;

namespace DurableChat.Server.Models;

/// <summary>Between which numbers a setting may be chosen.</summary>
internal sealed class BoundsSettings
{
    /// <summary>The least. Defaults to the least that the setting can be.</summary>
    public double? Min { get; set; }

    /// <summary>The most. Defaults to the most that the setting can be.</summary>
    public double? Max { get; set; }

    /// <summary>What it means.</summary>
    public SettingBounds ToBounds() => new(Min, Max);
}
