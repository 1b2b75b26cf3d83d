using System.ComponentModel.DataAnnotations;

namespace DurableChat.Models;

/// <summary>Settings for running tools.</summary>
public sealed record ToolOptions
{
    /// <summary>How long one call may take. Default one minute.</summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The maximum length of a result, in UTF-16 code units. The rest is cut off. 1 to 16,777,216. Default 65,536.
    /// </summary>
    [Range(1, 16 * 1024 * 1024)]
    public int MaxResultChars { get; set; } = 65_536;

    /// <summary>How many calls of one turn may run at the same time. 1 to 1,000. Default 8.</summary>
    [Range(1, 1_000)]
    public int MaxParallelCalls { get; set; } = 8;

    /// <summary>
    /// How many tools one answer may call. Further calls do not run: the model is informed and can repeat them in its
    /// next answer. 1 to 10,000. Default 64.
    /// </summary>
    [Range(1, 10_000)]
    public int MaxCallsPerAnswer { get; set; } = 64;

    /// <summary>
    /// How long running tools may take to return when their turn is stopped or handed over. Results that arrive in this
    /// time are recorded. At a shutdown, at most half of <c>Worker:DrainTime</c>. Default 5 seconds.
    /// </summary>
    public TimeSpan StopTime { get; set; } = TimeSpan.FromSeconds(5);
}
