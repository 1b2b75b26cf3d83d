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

    /// <summary>How many calls of one turn may run at the same time. 1 to 1,000; default 8.</summary>
    [Range(1, 1_000)]
    public int MaxParallelCalls { get; set; } = 8;

    /// <summary>How many tools one answer may call. Calls beyond do not run; the model is told so, and can call them in its next answer. 1 to 10,000; default 64.</summary>
    [Range(1, 10_000)]
    public int MaxCallsPerAnswer { get; set; } = 64;

    /// <summary>
    /// How long tools that run have to return when their turn is stopped or handed over. What they return in this time is recorded. At a shutdown at most half of
    /// <c>Worker:DrainTime</c>. Default 5 seconds.
    /// </summary>
    public TimeSpan StopTime { get; set; } = TimeSpan.FromSeconds(5);
}
