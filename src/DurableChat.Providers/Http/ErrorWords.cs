namespace DurableChat.Providers.Http;

/// <summary>
/// The texts by which errors are recognised: codes where providers send them, otherwise sentences. Pure.
/// </summary>
internal static class ErrorWords
{
    private static readonly string[] _overflow =
    [
        "context_length", "context length", "prompt is too long", "prompt too long", "context window",
        "input is too long", "input too long", "exceeds the context", "too many tokens",
        "request_too_large", "exceed context limit", "exceeds the maximum number of tokens", "context size",
        "exceed_context_size", "reduce the length", "maximum prompt length",
        "exceeded model token limit", "token limit exceeded", "tokens_limit_reached", "prompt_tokens_exceeded",
        "range of input length", "input tokens exceed", "total tokens of image and text exceed",
        "prompt contains too many", "input_too_long",
    ];

    private static readonly string[] _quota =
    [
        "insufficient_quota", "credit balance", "insufficient balance", "insufficient_balance", "insufficient credit",
        "insufficient_credits", "insufficient funds", "billing_hard_limit", "billing_not_active", "billing_error",
        "check your billing", "api usage limits",
        "exceeded your current quota", "exceeded_current_quota", "payment required", "payment_required",
        "out of credits", "more credits", "key limit exceeded", "spending limit", "spend limit",
        "monthly limit", "used all available credits", "arrearage", "overdue",
    ];

    private static readonly string[] _replay =
    [
        "invalid_encrypted_content",
        "encrypted content could not",
        "encrypted content for item",
        "bound to a different conversation",
        "invalid `signature`", "invalid signature", "thought_signature",
        "thought signature", "could not decrypt", "required following item", "without its required", "reasoning item",
        "`thinking` or `redacted_thinking`", "cannot be modified",
        "reasoning details to be preserved",
    ];

    private static readonly string[] _brokenCall = ["tool_use_failed", "tool call validation failed"];

    private static readonly string[] _tools =
    [
        "support tool use", "--enable-auto-tool-choice", "requires --jinja", "function tools with reasoning_effort",
        "tool_use_not_supported", "tools_not_supported",
    ];

    private static readonly string[] _refusal =
    [
        "content_policy", "content_filter", "content management policy", "flagged", "safety system", "moderation",
        "data_inspection_failed", "prohibited", "usage policy", "usage policies",
        "usage guidelines", "content exists risk", "high risk", "responsibleai", "invalid_prompt", "sensitive content",
    ];

    private static readonly string[] _limited =
        ["rate_limit", "rate limit", "ratelimit", "too many requests", "tokens per min", "requests per min",
        "slow_down", "throttl", "resource_exhausted", "engine_overloaded"];

    private static readonly string[] _unauthorized =
        ["authentication", "permission", "invalid_api_key", "api_key_invalid", "invalid api key", "incorrect api key",
        "api key not valid", "api key expired", "unauthorized"];

    private static readonly string[] _unknownModel =
        ["model_not_found", "unknown_model", "not a valid model", "invalid model name", "no such model",
        "model does not exist", "model not exist", "unknown model", "not_found_error"];

    private static readonly string[] _rejected = ["invalid_request", "invalid_argument", "not_supported",
        "unsupported", "badrequest", "bad_request"];

    private static readonly string[] _tooLarge = ["request too large", "request_too_large", "tokens must be reduced",
        "reduce the length", "reduce your message size"];

    /// <summary>True if the prompt is too long.</summary>
    public static bool Overflow(string error) => Has(error, _overflow);

    /// <summary>True if the credit or quota is used up.</summary>
    public static bool Quota(string error) => Has(error, _quota);

    /// <summary>True if the replayed data is refused.</summary>
    public static bool Replay(string error) => Has(error, _replay);

    /// <summary>True if tools are refused, in wordings that fit no pattern.</summary>
    public static bool Tools(string error) => Has(error, _tools);

    /// <summary>True if the model wrote a tool call that the provider could not parse.</summary>
    public static bool BrokenCall(string error) => Has(error, _brokenCall);

    /// <summary>True if the provider refuses to answer the request's content.</summary>
    public static bool Refusal(string error) => Has(error, _refusal);

    /// <summary>True if the rate is limited.</summary>
    public static bool Limited(string error) => Has(error, _limited);

    /// <summary>True if the key is refused.</summary>
    public static bool Unauthorized(string error) => Has(error, _unauthorized);

    /// <summary>True if the model is unknown.</summary>
    public static bool UnknownModel(string error) => Has(error, _unknownModel);

    /// <summary>True if the request is refused.</summary>
    public static bool Rejected(string error) => Has(error, _rejected);

    /// <summary>True if a single request exceeds the rate limit, so that waiting does not help.</summary>
    public static bool RequestTooLarge(string error) => Has(error, _tooLarge);

    /// <summary>
    /// True for Google, which reports limits per minute as "exceeded your current quota", too, together with a delay.
    /// </summary>
    public static bool IsGoogleQuota(string error) => Has(error, ["RESOURCE_EXHAUSTED"]);

    /// <summary>True if Google's quota is a daily one.</summary>
    public static bool IsDailyQuota(string error) => Has(error, ["PerDay"]);

    private static bool Has(string error, string[] words) =>
        words.Any(word => error.Contains(word, StringComparison.OrdinalIgnoreCase));
}
