using System.ComponentModel.DataAnnotations;

namespace DurableChat.Models;

/// <summary>How long to wait before a failed model call is repeated.</summary>
public sealed record RetryOptions
{
    /// <summary>The wait after the first failure. Default 1 second.</summary>
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait of our own. Default 30 seconds.</summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest wait that a provider may ask for; a longer wish is cut to it. Default one minute.</summary>
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>By how much a wait may differ, so that many failed calls do not come back together. 0 to 1; default 0.2.</summary>
    [Range(0.0, 1.0)]
    public double Jitter { get; set; } = 0.2;
}
