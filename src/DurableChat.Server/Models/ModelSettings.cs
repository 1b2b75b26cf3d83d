namespace DurableChat.Server.Models;

/// <summary>One model of the configuration section <c>Models</c>.</summary>
internal sealed class ModelSettings
{
    /// <summary>What chats name it by.</summary>
    public string? Name { get; set; }

    /// <summary><c>demo</c>, <c>openai</c> (any endpoint that speaks its API) or <c>anthropic</c>.</summary>
    public string? Provider { get; set; }

    /// <summary>The provider's name of the model.</summary>
    public string? Model { get; set; }

    /// <summary>The base address of the API, e.g. <c>http://localhost:11434/v1</c>; left out, the provider's own.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>The key. Better not in a file: see <see cref="ApiKeyVariable"/>.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The environment variable that holds the key.</summary>
    public string? ApiKeyVariable { get; set; }

    /// <summary>What it is, for people.</summary>
    public string? Description { get; set; }

    /// <summary>How many tokens an answer may have; left out, 8192 for Anthropic, which wants a number, and the provider's default elsewhere.</summary>
    public int? MaxOutputTokens { get; set; }

    /// <summary>For <c>demo</c>: the pause between two words, in milliseconds. Default 40.</summary>
    public int DelayMs { get; set; } = 40;

    /// <summary>The key, from wherever it is configured.</summary>
    public string? FindKey() => string.IsNullOrEmpty(ApiKey) && !string.IsNullOrEmpty(ApiKeyVariable) ? Environment.GetEnvironmentVariable(ApiKeyVariable) : ApiKey;
}
