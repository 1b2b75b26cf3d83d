using DurableChat.Providers.Http;

namespace DurableChat.Providers.Chat;

/// <summary>Recognises providers by their addresses. Pure.</summary>
internal static class ChatHosts
{
    /// <summary>The flavour of an address; <see cref="ChatFlavour.Generic"/> if it is not a known one.</summary>
    public static ChatFlavour FlavourOf(Uri address)
    {
        var host = address.IdnHost.ToLowerInvariant();
        return Is(host, "api.openai.com") || AzureAddress.Is(address)
            ? ChatFlavour.OpenAI
            : Is(host, "api.deepseek.com") ? ChatFlavour.DeepSeek
            : Is(host, "api.moonshot.ai") || Is(host, "api.moonshot.cn") || Is(host, "api.kimi.com") ? ChatFlavour.Kimi
            : Is(host, "generativelanguage.googleapis.com") || IsVertex(address) ? ChatFlavour.Gemini
            : Is(host, "openrouter.ai") ? ChatFlavour.OpenRouter
            : Is(host, "api.mistral.ai") ? ChatFlavour.Mistral
            : Is(host, "api.groq.com") ? ChatFlavour.Groq
            : address.Port switch
            {
                11434 => ChatFlavour.Ollama,
                1234 => ChatFlavour.LMStudio,
                _ => ChatFlavour.Generic,
            };
    }

    /// <summary>True for Vertex AI, whose hosts begin with a region.</summary>
    public static bool IsVertex(Uri address) =>
        Is(address.IdnHost, "aiplatform.googleapis.com")
            || address.IdnHost.EndsWith("-aiplatform.googleapis.com", StringComparison.OrdinalIgnoreCase);

    private static bool Is(string host, string domain) =>
        host.Equals(domain, StringComparison.OrdinalIgnoreCase)
            || host.EndsWith($".{domain}", StringComparison.OrdinalIgnoreCase);
}
