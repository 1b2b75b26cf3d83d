using DurableChat.Chats;
using Microsoft.Extensions.AI;

namespace DurableChat.Models;

/// <summary>A request to a model. Immutable.</summary>
public sealed record ModelRequest
{
    /// <summary>The prompt, in order.</summary>
    public required IReadOnlyList<PromptItem> Prompt { get; init; }

    /// <summary>The tools that the model may call.</summary>
    public IReadOnlyList<AIFunctionDeclaration> Tools { get; init; } = [];

    /// <summary>The settings of the answer.</summary>
    public GenerationSettings Settings { get; init; } = new();

    /// <summary>
    /// True to send earlier answers as neutral parts only, without their <see cref="Chats.Replay"/>, because the
    /// provider has refused it.
    /// </summary>
    public bool OmitsReplay { get; init; }

    /// <summary>A hint for the provider's prompt cache, the same for all requests of a chat. Null for none.</summary>
    public string? CacheKey { get; init; }

    /// <summary>The model call that the request belongs to. Null if it belongs to no chat.</summary>
    public ModelCallId? Call { get; init; }

    /// <summary>
    /// The client must call this whenever bytes arrive, including keep-alives, to show that the provider is alive.
    /// Thread-safe.
    /// </summary>
    public Action OnBytes { get; init; } = static () => { };

    /// <summary>
    /// The client must call this whenever the model sends content that is shown only when complete, such as arguments
    /// of a call, to show that the model is not silent. Thread-safe.
    /// </summary>
    public Action OnContent { get; init; } = static () => { };
}
