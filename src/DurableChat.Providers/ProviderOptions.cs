using System.Text.Json.Nodes;

namespace DurableChat.Providers;

/// <summary>Which model of which provider, and how it is reached.</summary>
public sealed record ProviderOptions
{
    /// <summary>The protocol.</summary>
    public required ProviderWire Wire { get; init; }

    /// <summary>The provider's name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>
    /// The base address of the API, e.g. <c>http://localhost:11434/v1</c>; with or without the version. Null for the provider's own:
    /// OpenAI's, or Anthropic's for <see cref="ProviderWire.Messages"/>.
    /// </summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The key; null for none, as with local servers.</summary>
    public string? Key { get; init; }

    /// <summary>The flavour of Chat Completions.</summary>
    public ChatFlavour Flavour { get; init; }

    /// <summary>Headers that are sent beside the usual ones, or instead of them.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Query fields that are added to the address.</summary>
    public IReadOnlyDictionary<string, string> Query { get; init; } = new Dictionary<string, string>();

    /// <summary>Members that are merged into the body of each request, objects member by member; null for none. They win over what the settings say.</summary>
    public JsonObject? ExtraBody { get; init; }

    /// <summary>The name of the field that limits the tokens of an answer, where Chat Completions servers disagree; null for the flavour's.</summary>
    public string? MaxTokensField { get; init; }

    /// <summary>True if text between <c>&lt;think&gt;</c> tags is reasoning: for servers that do not separate it.</summary>
    public bool ParsesThinkTags { get; init; }
}
