using DurableChat.Providers;

namespace DurableChat.Server.Models;

/// <summary>A provider that the configuration can name.</summary>
/// <param name="Wire">The protocol it speaks.</param>
/// <param name="Flavour">The flavour of Chat Completions.</param>
/// <param name="Endpoint">Its address; null if it has to be configured.</param>
/// <param name="NeedsKey">True if its own address requires a key.</param>
internal sealed record KnownProvider(ProviderWire Wire, ChatFlavour Flavour, Uri? Endpoint, bool NeedsKey)
{
    /// <summary>All known providers, by name.</summary>
    public static IReadOnlyDictionary<string, KnownProvider> All { get; } = new Dictionary<string, KnownProvider>(
        StringComparer.OrdinalIgnoreCase)
    {
        ["openai"] = new(
            ProviderWire.Responses, ChatFlavour.Auto, new Uri("https://api.openai.com/v1"), NeedsKey: true),
        ["anthropic"] = new(
            ProviderWire.Messages, ChatFlavour.Auto, new Uri("https://api.anthropic.com"), NeedsKey: true),
        ["deepseek"] = new(
            ProviderWire.Chat, ChatFlavour.DeepSeek, new Uri("https://api.deepseek.com/v1"), NeedsKey: true),
        ["kimi"] = new(ProviderWire.Chat, ChatFlavour.Kimi, new Uri("https://api.moonshot.ai/v1"), NeedsKey: true),
        ["gemini"] = new(
            ProviderWire.Chat,
            ChatFlavour.Gemini,
            new Uri("https://generativelanguage.googleapis.com/v1beta/openai"),
            NeedsKey: true),
        ["openrouter"] = new(
            ProviderWire.Chat, ChatFlavour.OpenRouter, new Uri("https://openrouter.ai/api/v1"), NeedsKey: true),
        ["mistral"] = new(ProviderWire.Chat, ChatFlavour.Mistral, new Uri("https://api.mistral.ai/v1"), NeedsKey: true),
        ["groq"] = new(ProviderWire.Chat, ChatFlavour.Groq, new Uri("https://api.groq.com/openai/v1"), NeedsKey: true),
        ["ollama"] = new(ProviderWire.Chat, ChatFlavour.Ollama, new Uri("http://localhost:11434/v1"), NeedsKey: false),
        ["lmstudio"] = new(
            ProviderWire.Chat, ChatFlavour.LMStudio, new Uri("http://localhost:1234/v1"), NeedsKey: false),
        ["vllm"] = new(ProviderWire.Chat, ChatFlavour.Vllm, null, NeedsKey: false),
    };

    /// <summary>The provider's name in metrics, according to OpenTelemetry's conventions.</summary>
    /// <param name="name">The name in the configuration.</param>
    /// <param name="endpoint">The address, if one is configured.</param>
    public static string TelemetryNameOf(string name, Uri? endpoint) => name.ToLowerInvariant() switch
    {
        "openai" when endpoint?.Host.EndsWith(".openai.azure.com", StringComparison.OrdinalIgnoreCase) == true =>
            "azure.ai.openai",
        "gemini" => "gcp.gemini",
        "kimi" => "moonshot_ai",
        "mistral" => "mistral_ai",
        var other => other,
    };

    /// <summary>
    /// The protocol for an address: Responses for OpenAI's own, Chat Completions for compatible servers.
    /// </summary>
    public ProviderWire WireFor(Uri? endpoint) =>
        Wire == ProviderWire.Responses && endpoint is not null && !IsOpenAI(endpoint.Host) ? ProviderWire.Chat : Wire;

    /// <summary>OpenAI also has regional hosts.</summary>
    private static bool IsOpenAI(string host) =>
        host == "api.openai.com" || host.EndsWith(".api.openai.com", StringComparison.OrdinalIgnoreCase);
}
