using System.Text.Json.Nodes;

namespace DurableChat.Providers;

/// <summary>A model of a provider, and how to reach it.</summary>
public sealed record ProviderOptions
{
    /// <summary>The protocol.</summary>
    public required ProviderWire Wire { get; init; }

    /// <summary>The provider's name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>
    /// The base address of the API, e.g. <c>http://localhost:11434/v1</c>, with or without the version. Null uses the
    /// provider's own: OpenAI's, or Anthropic's for <see cref="ProviderWire.Messages"/>.
    /// </summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The API key. Null for none, as with local servers.</summary>
    public string? Key { get; init; }

    /// <summary>The flavour of Chat Completions.</summary>
    public ChatFlavour Flavour { get; init; }

    /// <summary>Headers that are added to the usual ones or replace them.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Query fields that are added to the address.</summary>
    public IReadOnlyDictionary<string, string> Query { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Members that are merged into the body of each request; nested objects are merged recursively. They take
    /// precedence over the settings. Null for none.
    /// </summary>
    public JsonObject? ExtraBody { get; init; }

    /// <summary>
    /// The field that limits an answer's tokens, which differs between Chat Completions servers. Null uses the
    /// flavour's field.
    /// </summary>
    public string? MaxTokensField { get; init; }

    /// <summary>
    /// True if text between <c>&lt;think&gt;</c> tags is reasoning, for servers that do not separate it.
    /// </summary>
    public bool ParsesThinkTags { get; init; }
}
