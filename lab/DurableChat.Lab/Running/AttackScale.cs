namespace DurableChat.Lab.Running;

/// <summary>How large attacks are.</summary>
/// <param name="IsFull">False for a size that a test can afford.</param>
internal sealed record AttackScale(bool IsFull)
{
    public T Of<T>(T small, T full) => IsFull ? full : small;
}
