using System.ComponentModel.DataAnnotations;

namespace DurableChat.Models;

/// <summary>How tools run.</summary>
public sealed record ToolOptions
{
    /// <summary>How long one call may take. Default one minute.</summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a result may be, in UTF-16 code units; what is beyond is cut off. Default 65,536.</summary>
    [Range(1, 16 * 1024 * 1024)]
    public int MaxResultChars { get; set; } = 65_536;
}
