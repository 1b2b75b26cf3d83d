namespace DurableChat.Providers;

/// <summary>The protocol a provider speaks.</summary>
public enum ProviderWire
{
    /// <summary>OpenAI's Responses API.</summary>
    Responses,

    /// <summary>OpenAI's Chat Completions API, which many providers and local servers speak, each in a flavour of its own.</summary>
    Chat,

    /// <summary>Anthropic's Messages API.</summary>
    Messages,
}
