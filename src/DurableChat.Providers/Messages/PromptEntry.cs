namespace DurableChat.Providers.Messages;

/// <summary>Who speaks an entry of the prompt.</summary>
internal enum PromptSpeaker
{
    /// <summary>The user.</summary>
    User,

    /// <summary>The host, in the user's message.</summary>
    Host,

    /// <summary>Tools, in the user's message.</summary>
    Tools,

    /// <summary>The model.</summary>
    Assistant,
}

/// <summary>An entry of the prompt as content blocks. Immutable.</summary>
/// <param name="Speaker">Who speaks.</param>
/// <param name="Blocks">The blocks, each a JSON text, and whether it is thought.</param>
internal sealed record PromptEntry(PromptSpeaker Speaker, IReadOnlyList<(string Json, bool IsThinking)> Blocks)
{
    /// <summary>True if there is thought among its blocks.</summary>
    public bool HasThinking => Blocks.Any(block => block.IsThinking);

    /// <summary>
    /// True if its thought was made for what stands before it, as far as the provider may check that.
    /// </summary>
    public bool IsBound { get; init; } = true;

    /// <summary>The entry without thought, otherwise as it is.</summary>
    public PromptEntry WithoutThinking() => this with { Blocks = [.. Blocks.Where(block => !block.IsThinking)] };
}
