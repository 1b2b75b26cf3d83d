using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Tests.Models;

/// <summary>After which errors which model answers, and which chains of models are refused.</summary>
public sealed class FallbackPolicyTests
{
    [Theory]
    [InlineData("model_unreachable", true)]
    [InlineData("model_unavailable", true)]
    [InlineData("model_rate_limited", true)]
    [InlineData("model_quota", true)]
    [InlineData("model_timeout", true)]
    [InlineData("model_bad_response", false)]
    [InlineData("model_failed", false)]
    [InlineData("model_unauthorized", false)]
    [InlineData("model_not_found", false)]
    [InlineData("model_wrong_address", false)]
    [InlineData("model_rejected_request", false)]
    [InlineData("model_context_overflow", false)]
    [InlineData("model_refused", false)]
    [InlineData("model_not_configured", false)]
    [InlineData("history_unavailable", false)]
    [InlineData("turn_hook_failed", false)]
    public void Another_model_answers_after_errors_that_are_the_provider_s_own(string code, bool answers)
    {
        Assert.Equal(answers ? "b" : null, FallbackPolicy.After(Model("a", "b"), Error(code)));
        Assert.Null(FallbackPolicy.After(Model("a", null), Error(code)));
        Assert.Null(FallbackPolicy.After(null, Error(code)));
    }

    [Fact]
    public void A_list_of_errors_takes_the_place_of_the_usual_ones()
    {
        var model = Model("a", "b") with { FallbackAfter = ["model_context_overflow", "my_own_error"] };
        Assert.Equal("b", FallbackPolicy.After(model, Error("model_context_overflow")));
        Assert.Equal("b", FallbackPolicy.After(model, Error("my_own_error")));
        Assert.Null(FallbackPolicy.After(model, Error("model_unavailable")));
    }

    [Theory]
    [InlineData("a>b b")]
    [InlineData("a>b b>c c>d d")]
    [InlineData("a>c b>c c")]
    public void Chains_that_end_are_taken(string models) => Assert.NotNull(new ModelCatalog(Models(models)));

    [Theory]
    [InlineData("a>x b", "The fallback of model 'a' is 'x', which is not configured.")]
    [InlineData("a>B b", "The fallback of model 'a' is 'B', which is not configured.")]
    [InlineData("a b>b", "The fallbacks of models go in a circle: b → b.")]
    [InlineData("a b>c c>b", "The fallbacks of models go in a circle: b → c → b.")]
    [InlineData("a>b b>c c>d d>b", "The fallbacks of models go in a circle: a → b → c → d → b.")]
    [InlineData("a>b b>c c>d d>e e", "At most 4 models may answer for one another, but model 'a' has the fallbacks b → c → d → e.")]
    public void Chains_that_lead_nowhere_are_refused(string models, string problem) =>
        Assert.StartsWith(problem, Assert.Throws<ArgumentException>(() => new ModelCatalog(Models(models))).Message, StringComparison.Ordinal);

    private static IEnumerable<ModelDefinition> Models(string models) =>
        models.Split(' ').Select(model => model.Split('>')).Select(pair => Model(pair[0], pair.Length > 1 ? pair[1] : null));

    private static ModelDefinition Model(string name, string? fallback) =>
        new(name, new ScriptedModelClient((_, _, _) => throw new NotSupportedException()), null) { Fallback = fallback };

    private static ChatError Error(string code) => new(code, "It failed.", Retryable: true);
}
