namespace DurableChat.ScaleTest.Running;

/// <summary>How a process of a test differs from one that a person starts.</summary>
internal sealed record ProcessTraits
{
    /// <summary>The program, beside this one. It counts only where this process is "dotnet program.dll".</summary>
    public string Program { get; init; } = "DurableChat.Server.dll";

    /// <summary>Another version of the server: the path of a .dll or an executable. Null for <see cref="Program"/>.</summary>
    public string? Other { get; init; }

    /// <summary>True if a write beyond the limit on file sizes is to fail, instead of ending the process.</summary>
    public bool OutlivesFileLimit { get; init; }

    /// <summary>True if it stands for what runs on other machines, so that it gets the processor only when the others leave it.</summary>
    public bool Yields { get; init; }

    /// <summary>How many files it may have open; null for what this process may.</summary>
    public int? OpenFiles { get; init; }
}
