using DurableChat.ScaleTest.Running;

namespace DurableChat.Lab.Running;

/// <summary>The servers that an attack is made on.</summary>
internal sealed record AttackSetup
{
    /// <summary>Settings beside the usual ones, as environment variables.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Settings of the second replica alone; null for one replica on SQLite, else there are two on PostgreSQL.
    /// </summary>
    public IReadOnlyDictionary<string, string>? SecondReplica { get; init; }

    public ProcessTraits? Traits { get; init; }

    /// <summary>The program that is attacked; null for the server.</summary>
    public string? Program { get; init; }

    /// <summary>What one server may hold beside feeds and bodies, in bytes.</summary>
    public long MoreBytes { get; init; }
}
