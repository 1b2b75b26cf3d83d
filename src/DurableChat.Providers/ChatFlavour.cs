namespace DurableChat.Providers;

/// <summary>How a server deviates from OpenAI's Chat Completions API.</summary>
public enum ChatFlavour
{
    /// <summary>Chosen by the host of the address; <see cref="Generic"/> for an unknown host.</summary>
    Auto,

    /// <summary>The subset that most servers support.</summary>
    Generic,

    /// <summary>OpenAI.</summary>
    OpenAI,

    /// <summary>DeepSeek.</summary>
    DeepSeek,

    /// <summary>Moonshot's Kimi.</summary>
    Kimi,

    /// <summary>Google's Gemini, at its OpenAI-compatible address.</summary>
    Gemini,

    /// <summary>OpenRouter.</summary>
    OpenRouter,

    /// <summary>Mistral.</summary>
    Mistral,

    /// <summary>A vLLM server.</summary>
    Vllm,

    /// <summary>Ollama, at its OpenAI-compatible address.</summary>
    Ollama,

    /// <summary>LM Studio.</summary>
    LMStudio,

    /// <summary>Groq.</summary>
    Groq,
}
