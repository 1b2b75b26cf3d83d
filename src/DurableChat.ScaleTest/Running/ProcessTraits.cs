namespace DurableChat.ScaleTest.Running;

/// <summary>How a process of a test differs from one that a person starts.</summary>
internal sealed record ProcessTraits
{
    /// <summary>
    /// Another program than the server of this version: the path of a .dll or an executable. Null for the server that
    /// lies beside this program.
    /// </summary>
    public string? Other { get; init; }

    /// <summary>The command that runs a server.</summary>
    public string Command { get; init; } = "serve";

    /// <summary>True if a write beyond the limit on file sizes is to fail, instead of ending the process.</summary>
    public bool OutlivesFileLimit { get; init; }

    /// <summary>
    /// True if it stands for what runs on other machines, so that it gets the processor only when the others leave it.
    /// </summary>
    public bool Yields { get; init; }

    /// <summary>How many files it may have open; null for what this process may.</summary>
    public int? OpenFiles { get; init; }
}
