using DurableChat.Models;

namespace DurableChat.Server.Models;

/// <summary>The allowed range of a setting.</summary>
internal sealed class BoundsSettings
{
    /// <summary>The minimum. Defaults to the setting's own minimum.</summary>
    public double? Min { get; set; }

    /// <summary>The maximum. Defaults to the setting's own maximum.</summary>
    public double? Max { get; set; }

    /// <summary>Converts the section.</summary>
    public SettingBounds ToBounds() => new(Min, Max);
}
