using System.ComponentModel.DataAnnotations;

namespace DurableChat.Models;

/// <summary>How long to wait before a failed model call is retried.</summary>
public sealed record RetryOptions
{
    /// <summary>The wait after the first failure. Default 1 second.</summary>
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The longest wait that the server chooses. A provider may ask for a longer one. Default 30 seconds.
    /// </summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The longest wait that a provider may ask for. Longer requests are shortened to it. Default one minute.
    /// </summary>
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The random variation of a wait, as a share of it, so that failed calls are not all retried at the same time. 0
    /// to 1. Default 0.2.
    /// </summary>
    [Range(0.0, 1.0)]
    public double Jitter { get; set; } = 0.2;
}
