namespace DurableChat.Providers.Messages;

/// <summary>The author of a prompt entry.</summary>
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
/// <param name="Speaker">The author.</param>
/// <param name="Blocks">The blocks, each a JSON text, and whether each is thinking.</param>
internal sealed record PromptEntry(PromptSpeaker Speaker, IReadOnlyList<(string Json, bool IsThinking)> Blocks)
{
    /// <summary>True if one of its blocks is thinking.</summary>
    public bool HasThinking => Blocks.Any(block => block.IsThinking);

    /// <summary>
    /// True if its thinking was made for the preceding messages, as far as the provider may check that.
    /// </summary>
    public bool IsBound { get; init; } = true;

    /// <summary>The entry without its thinking blocks.</summary>
    public PromptEntry WithoutThinking() => this with { Blocks = [.. Blocks.Where(block => !block.IsThinking)] };
}
