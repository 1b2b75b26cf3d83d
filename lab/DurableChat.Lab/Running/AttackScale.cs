namespace DurableChat.Lab.Running;

/// <summary>How large attacks are.</summary>
/// <param name="IsFull">False for a size that a test can afford.</param>
internal sealed record AttackScale(bool IsFull)
{
    private const string Full = "full";

    /// <summary>As it is given on a command line.</summary>
    public string Name => IsFull ? Full : "small";

    public static AttackScale Of(string name) => new(name == Full);

    public T Of<T>(T small, T full) => IsFull ? full : small;
}
