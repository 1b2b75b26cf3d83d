using System.Text.Json;
using DurableChat.Models;
using DurableChat.Providers.Http;
using Xunit;

namespace DurableChat.Providers.Tests.Http;

public sealed class ProviderErrorsTests
{
    /// <summary>What providers say, in their own words as reported, and what it means.</summary>
    public static TheoryData<int, string, string> Responses => new()
    {
        // Too long.
        { 400, """{"error":{"message":"This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}""", "overflow" },
        { 400, """{"error":{"message":"Input tokens exceed the configured limit of 272000 tokens.","type":"invalid_request_error","code":"context_length_exceeded"}}""", "overflow" },
        { 400, """{"error":{"message":"Your input exceeds the context window of this model.","type":"invalid_request_error"}}""", "overflow" },
        { 400, """{"object":"error","message":"This model's maximum context length is 8 tokens. However, you requested 9 tokens.","type":"BadRequestError","code":400}""", "overflow" },
        { 400, """[{"error":{"code":400,"message":"The input token count (1196265) exceeds the maximum number of tokens allowed (1048575).","status":"INVALID_ARGUMENT"}}]""", "overflow" },
        { 400, """{"error":"This model's maximum prompt length is 131072 but the request contains 537812 tokens."}""",
            "overflow" },
        { 400, """{"error":{"message":"Please reduce the length of the messages or completion.","type":"invalid_request_error","param":"messages"}}""", "overflow" },
        { 400, """{"object":"error","message":"Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length","type":"invalid_request_prompt","code":"3051"}""", "overflow" },
        { 400, """{"error":{"code":400,"message":"the request exceeds the available context size, try increasing it","type":"exceed_context_size_error"}}""", "overflow" },
        { 500, """{"error":{"code":500,"message":"the request exceeds the available context size.","type":"server_error"}}""", "overflow" },
        { 400, """{"error":"tokens to keep from the initial prompt is greater than the context length"}""",
            "overflow" },
        { 400, """{"error":{"message":"Invalid request: Your request exceeded model token limit: 262144","type":"invalid_request_error"}}""", "overflow" },
        { 400, """{"error":{"code":"model_max_prompt_tokens_exceeded","message":"prompt token count of 74000 exceeds the limit of 64000"}}""", "overflow" },
        { 400, """{"error":{"message":"prompt too long; exceeded max context length by 4 tokens","type":"invalid_request_error"}}""", "overflow" },
        { 400, """{"error":{"message":"<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 98304]","code":"invalid_parameter_error"}}""", "overflow" },
        { 400, """{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":{\"message\":\"prompt is too long: 9 tokens > 8 maximum\"}}","provider_name":"Anthropic"}}}""", "overflow" },
        { 413, """{"error":{"message":"Request too large for model `m` on tokens per minute (TPM): Limit 6000, Requested 8000","code":"rate_limit_exceeded"}}""", "overflow" },
        { 429, """{"error":{"message":"Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 40000. The input or output tokens must be reduced.","code":"rate_limit_exceeded"}}""", "overflow" },

        // No money.
        { 429, """{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","code":"insufficient_quota"}}""", "quota" },
        { 429, """{"error":{"message":"Your account is suspended due to insufficient balance","type":"exceeded_current_quota_error"}}""", "quota" },
        { 402, """{"error":{"message":"Insufficient Balance","type":"unknown_error","code":"invalid_request_error"}}""", "quota" },
        { 402, "", "quota" },
        { 403, """{"error":{"message":"Key limit exceeded (total limit).","code":403}}""", "quota" },
        { 400, """{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API."}}""", "quota" },
        { 429, """[{"error":{"code":429,"message":"You exceeded your current quota.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"QuotaFailure","violations":[{"quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]},{"retryDelay":"39s"}]}}]""", "quota" },

        // Wait.
        { 429, """[{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.","status":"RESOURCE_EXHAUSTED","details":[{"violations":[{"quotaId":"GenerateContentInputTokensPerModelPerMinute-FreeTier"}]},{"@type":"RetryInfo","retryDelay":"39.5s"}]}}]""", "limit 39.5" },
        { 429, """{"error":{"message":"Rate limit reached for m. Please try again in 7m54.5s.","code":"rate_limit_exceeded"}}""", "limit 474.5" },
        { 429, """{"error":{"message":"Rate limit reached for m in organization o on tokens per min (TPM): Limit 30000, Used 29000. Please try again in 250ms.","code":"rate_limit_exceeded"}}""", "limit 0.25" },
        { 429, """{"error":{"message":"Please retry after 6 seconds.","code":"429"}}""", "limit 6" },
        { 429, "slow", "limit" },
        { 403, """{"error":{"message":"Rate limit exceeded: free-models-per-min."}}""", "limit" },
        { 400, """{"__type":"ThrottlingException","message":"Throttled."}""", "limit" },
        { 503, """{"error":{"message":"The model is overloaded. Please try again later."}}""", "unavailable" },
        { 529, """{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""", "unavailable" },
        { 498, """{"error":{"message":"Flex tier capacity exceeded."}}""", "unavailable" },
        { 502, "<html>Bad gateway</html>", "unavailable" },
        { 409, "{}", "unavailable" },

        // Tools.
        { 400, """{"error":{"message":"registry.ollama.ai/library/gemma:latest does not support tools","type":"invalid_request_error"}}""", "tools" },
        { 404, """{"error":{"message":"No endpoints found that support tool use. To learn more about provider routing, visit: https://openrouter.ai/docs","code":404}}""", "tools" },
        { 400, """{"object":"error","message":"\"auto\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set","type":"BadRequestError","code":400}""", "tools" },
        { 500, """{"error":{"code":500,"message":"tools param requires --jinja flag","type":"server_error"}}""",
            "tools" },
        { 400, """{"error":{"message":"`tool calling` is not supported with this model","type":"invalid_request_error"}}""", "tools" },
        { 400, """[{"error":{"code":400,"message":"Function calling is not enabled for models/gemma-3-27b-it","status":"INVALID_ARGUMENT"}}]""", "tools" },
        { 400, """{"error":{"message":"deepseek-reasoner does not support Function Calling","type":"invalid_request_error"}}""", "tools" },
        { 400, """{"error":{"message":"Unsupported parameter: 'tools' is not supported with this model.","param":"tools","code":"unsupported_parameter"}}""", "tools" },
        { 400, """{"error":{"message":"Function tools with reasoning_effort are not supported for gpt-5.6-terra in /v1/chat/completions. Please use /v1/responses instead.","param":"reasoning_effort"}}""", "tools" },
        { 400, """{"message":"This model doesn't support tool use in streaming mode."}""", "tools" },
        { 400, """{"error":{"message":"Unsupported parameter: 'parallel_tool_calls' is not supported with this model."}}""", "rejected" },
        { 400, """{"error":{"message":"Invalid schema for function 'x': schema must have type 'object'.","param":"tools[0].function.parameters"}}""", "rejected" },
        { 400, """{"error":{"message":"tool_choice 'required' is incompatible with thinking enabled"}}""", "rejected" },
        { 400, """{"error":{"message":"Unsupported parameter: 'temperature' is not supported with this model.","param":"temperature"}}""", "rejected" },
        { 400, """{"error":{"message":"Unsupported value: 'reasoning_effort' does not support 'xhigh' with this model."}}""", "rejected" },

        // What went back of earlier answers.
        { 400, """{"error":{"message":"The encrypted content could not be verified.","code":"invalid_encrypted_content"}}""", "replay" },
        { 404, """{"error":{"message":"Item with id 'rs_1' not found. Items are not persisted when `store` is set to false.","type":"invalid_request_error","param":"input"}}""", "replay" },
        { 400, """{"type":"error","error":{"type":"invalid_request_error","message":"messages.1.content.0: Invalid `signature` in `thinking` block"}}""", "replay" },
        { 400, """[{"error":{"code":400,"message":"Function call is missing a thought_signature in functionCall parts.","status":"INVALID_ARGUMENT"}}]""", "replay" },
        { 400, """[{"error":{"code":400,"message":"Thought signature is not valid.","status":"INVALID_ARGUMENT"}}]""",
            "replay" },
        { 400, """{"error":{"message":"'messages.2' : for 'role:assistant' the following must be satisfied[('messages.2' : property 'reasoning_content' is unsupported)]"}}""", "replay" },
        { 422, """{"detail":[{"type":"extra_forbidden","loc":["body","messages",1,"assistant","reasoning_content"],"msg":"Extra inputs are not permitted","input":"x"}]}""", "replay" },
        { 400, """{"error":{"message":"Unknown parameter: 'messages[1].reasoning'.","code":"unknown_parameter"}}""",
            "replay" },

        // Refused.
        { 400, """{"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy.","code":"content_filter"}}""", "refused" },
        { 400, """{"error":{"message":"Content Exists Risk","type":"invalid_request_error"}}""", "refused" },
        { 400, """{"error":{"message":"The request was rejected because it was considered high risk","type":"content_filter"}}""", "refused" },
        { 403, """{"error":{"message":"Your input was flagged by moderation","code":403}}""", "refused" },
        { 400, """{"error":{"message":"Invalid prompt: your prompt was flagged as potentially violating our usage policy.","code":"invalid_prompt"}}""", "refused" },

        // Keys, names, and the rest.
        { 401, "{}", "unauthorized" },
        { 400, """[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}]""", "unauthorized" },
        { 400, """{"code":"Client specified an invalid argument","error":"Incorrect API key provided: xa***f. You can obtain an API key from https://console.x.ai."}""", "unauthorized" },
        { 403, """{"error":{"message":"Project `p` does not have access to model `m`","code":"model_not_found"}}""",
            "unknown" },
        { 400, """{"error":{"message":"x/y is not a valid model ID","code":400}}""", "unknown" },
        { 404, """{"error":{"message":"model \"m\" not found, try pulling it first"}}""", "unknown" },
        { 400, "{}", "rejected" },
        { 422, """{"detail":[{"type":"missing","loc":["body","x"],"msg":"Field required","input":{"content":"my billing question about tools that are not supported: rate limit"}}]}""", "rejected" },
        { 400, """{"error":{"message":"Failed to call a function.","code":"tool_use_failed","failed_generation":"prompt is too long, insufficient_quota"}}""", "bad_response" },
        { 429, """{"error":{"message":"Rate limit reached for model m on tokens per minute (TPM): Limit 6000, Used 5034, Requested 1443. Please try again in 4.5s. Upgrade to Dev Tier today at https://console.groq.com/settings/billing","type":"tokens","code":"rate_limit_exceeded"}}""", "limit 4.5" },
        { 429, """{"error":{"message":"Rate limit reached. Please try again in 20s. Visit https://platform.openai.com/account/billing to add a payment method.","code":"rate_limit_exceeded"}}""", "limit 20" },
        { 400, """{"type":"error","error":{"type":"invalid_request_error","message":"You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC."}}""", "quota" },
        { 400, """{"error":{"message":"Encrypted content is not supported with this model.","type":"invalid_request_error"}}""", "rejected" },
    };

    /// <summary>Errors inside answers.</summary>
    public static TheoryData<string, string> Events => new()
    {
        { """{"code":502,"message":"The upstream is away."}""", "unavailable" },
        { """{"code":"429","message":"Slow."}""", "limit" },
        { """{"type":"overloaded_error","message":"Overloaded"}""", "unavailable" },
        { """{"type":"rate_limit_error","message":"Slow. Try again in 2s."}""", "limit 2" },
        { """{"type":"invalid_request_error","message":"prompt is too long: 9 > 8"}""", "overflow" },
        { """{"type":"invalid_request_error","message":"No."}""", "rejected" },
        { """{"type":"authentication_error","message":"No."}""", "unauthorized" },
        { """{"code":"server_error","message":"Boom."}""", "unavailable" },
        { """{"code":"insufficient_quota","message":"Pay."}""", "quota" },
        { """{"code":400,"message":"Provider returned error","metadata":{"raw":"does not support tools"}}""", "tools" },
        { "\"Boom.\"", "unavailable" },
        { "\"The context length is exceeded\"", "overflow" },
    };

    [Theory]
    [MemberData(nameof(Responses))]
    public void A_response_is_classified(int status, string body, string expected) =>
        Assert.Equal(expected, Describe(ProviderErrors.OfResponse(status, body, null)));

    [Theory]
    [MemberData(nameof(Events))]
    public void An_event_is_classified(string error, string expected)
    {
        using var json = JsonDocument.Parse(error);
        Assert.Equal(expected, Describe(ProviderErrors.OfEvent(json.RootElement)));
    }

    [Fact]
    public void A_header_counts_more_than_words() =>
        Assert.Equal("limit 3",
            Describe(ProviderErrors.OfResponse(429, """{"error":{"message":"Try again in 9s."}}""",
            TimeSpan.FromSeconds(3))));

    private static string Describe(ModelFailure failure)
    {
        if (failure is { AreToolsRefused: true } or { IsReplayRefused: true })
        {
            Assert.NotEqual(failure.AreToolsRefused, failure.IsReplayRefused);
            return failure.AreToolsRefused ? "tools" : "replay";
        }

        var kind = failure.Error.Code switch
        {
            "model_context_overflow" => "overflow",
            "model_rate_limited" => "limit",
            "model_not_found" => "unknown",
            "model_rejected_request" => "rejected",
            var code => code["model_".Length..],
        };
        Assert.Equal(kind is "limit" or "unavailable" or "bad_response", failure.Error.Retryable);
        return FormattableString.Invariant($"{kind} {failure.RetryAfter?.TotalSeconds}").Trim();
    }
}
