namespace DurableChat.Providers.Chat;

/// <summary>How a Chat Completions server differs from others. Immutable.</summary>
internal sealed record ChatRules
{
    /// <summary>The field that limits an answer's tokens.</summary>
    public string MaxTokensField { get; init; } = "max_tokens";

    /// <summary>The field for the seed.</summary>
    public string SeedField { get; init; } = "seed";

    /// <summary>The value for "must call some tool".</summary>
    public string RequiredTool { get; init; } = "required";

    /// <summary>True to request usage at the end of a stream. Mistral sends it unrequested.</summary>
    public bool AsksForUsage { get; init; } = true;

    /// <summary>True if the server supports <c>top_k</c>.</summary>
    public bool HasTopK { get; init; } = true;

    /// <summary>True if the server supports <c>service_tier</c>.</summary>
    public bool HasServiceTier { get; init; } = true;

    /// <summary>True if the provider stores chats unless <c>store</c> is false.</summary>
    public bool HasStore { get; init; }

    /// <summary>True if the server supports <c>prompt_cache_key</c>.</summary>
    public bool HasCacheKey { get; init; }

    /// <summary>True if the prompt is cached only up to marks in it, as OpenRouter does for Claude.</summary>
    public bool HasCacheMarks { get; init; }

    /// <summary>How the effort is sent.</summary>
    public EffortStyle Effort { get; init; }

    /// <summary>
    /// The field in which to send reasoning text back if the server sent it in several. Null sends all of them back.
    /// </summary>
    public string? ReasoningField { get; init; }

    /// <summary>The replacement for missing reasoning in an answer from the history; null to omit it.</summary>
    public Placeholder Placeholder { get; init; }

    /// <summary>
    /// True if system messages are allowed only at the beginning, and user messages must not follow each other: Mistral
    /// and the templates of local models refuse anything else.
    /// </summary>
    public bool IsStrictOnRoles { get; init; }

    /// <summary>The allowed form of call ids.</summary>
    public CallIdStyle CallIds { get; init; }

    /// <summary>True if the content of an assistant message without text is empty instead of null.</summary>
    public bool HasEmptyContent { get; init; }

    /// <summary>The vendor's name in Gemini's <c>extra_content</c>.</summary>
    public string SignatureVendor { get; init; } = "google";

    /// <summary>True if the total usage includes reasoning tokens that the output does not.</summary>
    public bool CountsThoughtsApart { get; init; }

    /// <summary>The rules of a server.</summary>
    /// <param name="flavour">The flavour; <see cref="ChatFlavour.Auto"/> chooses it by the host.</param>
    /// <param name="address">The server's address.</param>
    /// <param name="model">The provider's name of the model.</param>
    public static ChatRules Of(ChatFlavour flavour, Uri address, string model) =>
        (flavour == ChatFlavour.Auto ? ChatHosts.FlavourOf(address) : flavour) switch
        {
            ChatFlavour.OpenAI => new ChatRules
            {
                MaxTokensField = "max_completion_tokens",
                HasTopK = false,
                HasStore = true,
                HasCacheKey = true,
                CallIds = CallIdStyle.UpTo40,
            },
            ChatFlavour.DeepSeek => new ChatRules
            {
                HasTopK = false,
                Effort = EffortStyle.DeepSeek,
                ReasoningField = ReasoningContent,
                Placeholder = Placeholder.ReasoningOfAll,
            },
            ChatFlavour.Kimi => new ChatRules
            {
                HasTopK = false,
                HasCacheKey = true,
                Effort = EffortStyle.Kimi,
                ReasoningField = ReasoningContent,
                Placeholder = model.StartsWith("moonshot-v1", StringComparison.OrdinalIgnoreCase) ? Placeholder.None
                    : Placeholder.ReasoningOfCalls,
            },
            ChatFlavour.Gemini => new ChatRules
            {
                HasTopK = false,
                HasServiceTier = false,
                Effort = EffortStyle.Gemini,
                Placeholder = DemandsSignatures(model) ? Placeholder.Signature : Placeholder.None,
                SignatureVendor = ChatHosts.IsVertex(address) ? "vertex" : "google",
                CountsThoughtsApart = true,
            },
            ChatFlavour.OpenRouter => new ChatRules
            {
                Effort = EffortStyle.OpenRouter,
                HasCacheMarks = model.StartsWith("anthropic/", StringComparison.OrdinalIgnoreCase)
                    || model.StartsWith("~anthropic/", StringComparison.OrdinalIgnoreCase),
                Placeholder = model.Contains("gemini", StringComparison.OrdinalIgnoreCase) && DemandsSignatures(model)
                    ? Placeholder.SignatureInDetails : Placeholder.None,
            },
            ChatFlavour.Mistral => new ChatRules
            {
                SeedField = "random_seed",
                RequiredTool = "any",
                AsksForUsage = false,
                HasTopK = false,
                HasServiceTier = false,
                IsStrictOnRoles = true,
                CallIds = CallIdStyle.NineLetters,
                HasEmptyContent = true,
            },
            ChatFlavour.Groq =>
                new ChatRules
                {
                    MaxTokensField = "max_completion_tokens",
                    HasTopK = false,
                    ReasoningField = "reasoning",
                },
            ChatFlavour.Vllm or ChatFlavour.LMStudio =>
                new ChatRules { ReasoningField = "reasoning", IsStrictOnRoles = true },
            ChatFlavour.Ollama => new ChatRules { ReasoningField = "reasoning" },
            _ => new ChatRules(),
        };

    /// <summary>The usual field for reasoning text.</summary>
    private const string ReasoningContent = "reasoning_content";

    /// <summary>
    /// Gemini refuses calls without signatures since version 3. Earlier versions do not know the placeholder.
    /// </summary>
    private static bool DemandsSignatures(string model) =>
        !model.Contains("gemini-1", StringComparison.OrdinalIgnoreCase)
            && !model.Contains("gemini-2", StringComparison.OrdinalIgnoreCase);
}

/// <summary>How the reasoning effort is sent to a server.</summary>
internal enum EffortStyle
{
    /// <summary><c>reasoning_effort</c>.</summary>
    Plain,

    /// <summary><c>reasoning</c> with an effort or a budget.</summary>
    OpenRouter,

    /// <summary><c>thinking</c> enables it, <c>reasoning_effort</c> sets how much.</summary>
    DeepSeek,

    /// <summary>
    /// <c>thinking</c> disables it, or <c>reasoning_effort</c> sets how much. Both at once are refused.
    /// </summary>
    Kimi,

    /// <summary><c>reasoning_effort</c>, or a budget in <c>extra_body</c>.</summary>
    Gemini,
}

/// <summary>
/// The replacement for reasoning that an answer in the history lacks: an imported answer, another model's, or a
/// truncated one.
/// </summary>
internal enum Placeholder
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A <c>reasoning_content</c> on every answer.</summary>
    ReasoningOfAll,

    /// <summary>A <c>reasoning_content</c> on every answer that calls tools.</summary>
    ReasoningOfCalls,

    /// <summary>A signature on the first call.</summary>
    Signature,

    /// <summary>A signature in <c>reasoning_details</c>.</summary>
    SignatureInDetails,
}

/// <summary>The allowed form of call ids.</summary>
internal enum CallIdStyle
{
    /// <summary>Anything.</summary>
    Any,

    /// <summary>At most 40 characters.</summary>
    UpTo40,

    /// <summary>Nine letters or digits.</summary>
    NineLetters,
}
