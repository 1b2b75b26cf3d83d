namespace DurableChat.ScaleTest.Checking;

/// <summary>A broken promise, with what led to it.</summary>
/// <param name="Kind">What was broken.</param>
/// <param name="Chat">In which chat.</param>
/// <param name="Subscriber">Whose stream it was; empty for the store.</param>
/// <param name="Position">How far that stream had got.</param>
/// <param name="Detail">What is wrong.</param>
/// <param name="Recent">The events before it and the one that broke it, oldest first.</param>
internal sealed record Violation(
    ViolationKind Kind,
    string Chat,
    string Subscriber,
    string Position,
    string Detail,
    IReadOnlyList<string> Recent)
{
    public override string ToString() =>
        $"{Kind} in chat {Chat}, {(Subscriber.Length > 0 ? $"subscriber {Subscriber} at {Position}" : "the store")}: "
            + $"{Detail}{string.Concat(Recent.Select(line => $"\n    {line}"))}";
}
