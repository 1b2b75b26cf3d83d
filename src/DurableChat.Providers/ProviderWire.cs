namespace DurableChat.Providers;

/// <summary>The protocol of a provider.</summary>
public enum ProviderWire
{
    /// <summary>OpenAI's Responses API.</summary>
    Responses,

    /// <summary>
    /// OpenAI's Chat Completions API, which many providers and local servers implement, each with its own deviations.
    /// </summary>
    Chat,

    /// <summary>Anthropic's Messages API.</summary>
    Messages,
}
