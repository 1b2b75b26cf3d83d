using DurableChat.Chats;
using Microsoft.Extensions.AI;

namespace DurableChat.Models;

/// <summary>One request to a model. Immutable.</summary>
public sealed record ModelRequest
{
    /// <summary>What the model is given, in order.</summary>
    public required IReadOnlyList<PromptItem> Prompt { get; init; }

    /// <summary>The tools it may call.</summary>
    public IReadOnlyList<AIFunctionDeclaration> Tools { get; init; } = [];

    /// <summary>How it is to answer.</summary>
    public GenerationSettings Settings { get; init; } = new();

    /// <summary>
    /// True to send answers from history as their neutral parts only, without the <see cref="Chats.Replay"/>: the provider has refused it.
    /// </summary>
    public bool OmitsReplay { get; init; }

    /// <summary>The same for all requests of a chat: a hint for the provider's prompt cache. Null for none.</summary>
    public string? CacheKey { get; init; }

    /// <summary>Which call of which chat it belongs to; null for one of no chat.</summary>
    public ModelCallId? Call { get; init; }

    /// <summary>
    /// To be called whenever bytes arrive, keep-alives included: the provider is alive, though it has said nothing yet. Thread-safe.
    /// </summary>
    public Action OnBytes { get; init; } = static () => { };

    /// <summary>
    /// To be called whenever the model says something that is not shown before it is whole, such as arguments of a
    /// call: the model is not silent. Thread-safe.
    /// </summary>
    public Action OnContent { get; init; } = static () => { };
}
