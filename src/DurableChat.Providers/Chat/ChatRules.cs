namespace DurableChat.Providers.Chat;

/// <summary>What a server of Chat Completions wants differently from others. Immutable.</summary>
internal sealed record ChatRules
{
    /// <summary>The field that limits the tokens of an answer.</summary>
    public string MaxTokensField { get; init; } = "max_tokens";

    /// <summary>The field that makes answers repeatable.</summary>
    public string SeedField { get; init; } = "seed";

    /// <summary>The word for "must call some tool".</summary>
    public string RequiredTool { get; init; } = "required";

    /// <summary>True to ask for usage at the end of a stream. Mistral gives it unasked.</summary>
    public bool AsksForUsage { get; init; } = true;

    /// <summary>True if <c>top_k</c> is known.</summary>
    public bool HasTopK { get; init; } = true;

    /// <summary>True if <c>service_tier</c> is known.</summary>
    public bool HasServiceTier { get; init; } = true;

    /// <summary>True if the provider keeps chats unless <c>store</c> says otherwise.</summary>
    public bool HasStore { get; init; }

    /// <summary>True if <c>prompt_cache_key</c> is known.</summary>
    public bool HasCacheKey { get; init; }

    /// <summary>True if the prompt is cached only up to marks in it, as OpenRouter does for Claude.</summary>
    public bool HasCacheMarks { get; init; }

    /// <summary>How effort is told.</summary>
    public EffortStyle Effort { get; init; }

    /// <summary>
    /// The name by which the server wants reasoning text back, where it gave several; null for all that it gave.
    /// </summary>
    public string? ReasoningField { get; init; }

    /// <summary>What stands in for reasoning that is missing in an answer from history; null to leave it out.</summary>
    public Placeholder Placeholder { get; init; }

    /// <summary>
    /// True if system messages stand only at the beginning and user messages do not follow each other: templates of
    /// local models and Mistral refuse anything else.
    /// </summary>
    public bool IsStrictOnRoles { get; init; }

    /// <summary>What ids of calls may look like.</summary>
    public CallIdStyle CallIds { get; init; }

    /// <summary>True if an assistant message without text has an empty one, rather than null.</summary>
    public bool HasEmptyContent { get; init; }

    /// <summary>The name of the vendor in Gemini's <c>extra_content</c>.</summary>
    public string SignatureVendor { get; init; } = "google";

    /// <summary>True if the total of usage counts thoughts that the output does not.</summary>
    public bool CountsThoughtsApart { get; init; }

    /// <summary>The rules of a server.</summary>
    /// <param name="flavour">The flavour; <see cref="ChatFlavour.Auto"/> for that of the host.</param>
    /// <param name="address">Its address.</param>
    /// <param name="model">Its name of the model.</param>
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
                new ChatRules { MaxTokensField = "max_completion_tokens", HasTopK = false, ReasoningField = "reasoning" },
            ChatFlavour.Vllm or ChatFlavour.LMStudio =>
                new ChatRules { ReasoningField = "reasoning", IsStrictOnRoles = true },
            ChatFlavour.Ollama => new ChatRules { ReasoningField = "reasoning" },
            _ => new ChatRules(),
        };

    /// <summary>The usual name of reasoning text.</summary>
    private const string ReasoningContent = "reasoning_content";

    /// <summary>Gemini refuses calls without signatures since 3; before, it knew no stand-in.</summary>
    private static bool DemandsSignatures(string model) =>
        !model.Contains("gemini-1", StringComparison.OrdinalIgnoreCase)
            && !model.Contains("gemini-2", StringComparison.OrdinalIgnoreCase);
}

/// <summary>How a server is told how much to think.</summary>
internal enum EffortStyle
{
    /// <summary><c>reasoning_effort</c>.</summary>
    Plain,

    /// <summary><c>reasoning</c> with an effort or a budget.</summary>
    OpenRouter,

    /// <summary><c>thinking</c> switches, <c>reasoning_effort</c> says how much.</summary>
    DeepSeek,

    /// <summary>
    /// <c>thinking</c> switches off, or <c>reasoning_effort</c> says how much; both at once are refused.
    /// </summary>
    Kimi,

    /// <summary><c>reasoning_effort</c>, or a budget in <c>extra_body</c>.</summary>
    Gemini,
}

/// <summary>
/// What stands in for reasoning that an answer from history lacks: an import, another model's, or one that was cut off.
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

/// <summary>What ids of calls may look like.</summary>
internal enum CallIdStyle
{
    /// <summary>Anything.</summary>
    Any,

    /// <summary>At most forty characters.</summary>
    UpTo40,

    /// <summary>Nine letters or digits.</summary>
    NineLetters,
}
