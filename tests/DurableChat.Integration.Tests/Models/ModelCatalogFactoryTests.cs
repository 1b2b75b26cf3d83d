using DurableChat.Server.Configuration;
using DurableChat.Server.Models;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace DurableChat.Integration.Tests.Models;

/// <summary>What is wrong or odd about configured models is said at the start.</summary>
public sealed class ModelCatalogFactoryTests
{
    [Theory]
    [InlineData("{}", "response_format is an object whose type is")]
    [InlineData("""{"type":"xml"}""", "response_format is an object whose type is")]
    [InlineData("""{"type":"json_schema"}""", "The schema is a JSON Schema: an object.")]
    [InlineData("""{"type":"json_schema","schema":[]}""", "The schema is a JSON Schema: an object.")]
    [InlineData("""{"type":"json_schema","json_schema":{"name":"a b","schema":{}}}""", "The name of a schema has")]
    [InlineData("""{"type":"json_object","schema":{}}""", "has no 'schema'")]
    [InlineData("[]", "is not a JSON object")]
    public void A_response_format_that_no_provider_takes_ends_the_start_and_an_example_is_given(string format, string problem)
    {
        var refused = Assert.Throws<ConfigurationException>(() => Create("openai", out _, ("ResponseFormat", format)));
        Assert.StartsWith("ResponseFormat of model 'm' is", refused.Message, StringComparison.Ordinal);
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"json_object"}""", """{"type":"json_object"}""")]
    [InlineData("""{"type":"json_schema","name":"n","schema":{"type":"object"}}""", """{"type":"json_schema","name":"n","schema":{"type":"object"}}""")]
    [InlineData("""{"type":"json_schema","json_schema":{"name":"n","schema":{}}}""", """{"type":"json_schema","name":"n","schema":{}}""")]
    public void A_response_format_of_either_form_is_taken(string format, string taken)
    {
        Assert.Equal(taken, Create("openai", out var warnings, ("ResponseFormat", format)).Default.Settings.ResponseFormat!.Value.GetRawText());
        Assert.Empty(warnings);
    }

    [Theory]
    [InlineData("openai", "Seed", "1")]
    [InlineData("openai", "TopK", "3")]
    [InlineData("openai", "Stop:0", "x")]
    [InlineData("openai", "ReasoningBudget", "2000")]
    [InlineData("anthropic", "Seed", "1")]
    [InlineData("anthropic", "ResponseFormat", """{"type":"json_object"}""")]
    [InlineData("deepseek", "ReasoningBudget", "2000")]
    [InlineData("deepseek", "ReasoningDisplay", "summary")]
    public void A_setting_that_the_protocol_lacks_is_warned_of(string provider, string setting, string value)
    {
        Create(provider, out var warnings, (setting, value));
        Assert.Contains($"Model 'm' has settings without an effect, because its protocol or its other settings leave them out: {setting.Split(':')[0]}.", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai", "ReasoningEffort", "low")]
    [InlineData("openai", "ReasoningDisplay", "summary")]
    [InlineData("openai", "ReasoningDisplay", "omitted")]
    [InlineData("openai", "ParallelToolCalls", "false")]
    [InlineData("openai", "ToolChoice", "required")]
    [InlineData("openai", "Cache", "true")]
    [InlineData("openai", "Tools", "false")]
    [InlineData("openai", "ResponseFormat", """{"type":"text"}""")]
    [InlineData("anthropic", "ReasoningBudget", "2000")]
    [InlineData("anthropic", "MaxOutputTokens", "32000")]
    [InlineData("anthropic", "TopK", "3")]
    [InlineData("deepseek", "ReasoningEffort", "low")]
    public void A_setting_that_the_protocol_has_is_not(string provider, string setting, string value)
    {
        Create(provider, out var warnings, (setting, value));
        Assert.Empty(warnings);
    }

    [Fact]
    public void A_budget_that_leaves_nothing_for_text_is_warned_of()
    {
        Create("anthropic", out var warnings, ("ReasoningBudget", "5000"), ("MaxOutputTokens", "3000"));
        Assert.Contains("Raise MaxOutputTokens, or lower ReasoningBudget.", Assert.Single(warnings), StringComparison.Ordinal);
    }

    private static DurableChat.Models.ModelCatalog Create(string provider, out List<string> warnings, params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string?>
        {
            ["Models:0:Name"] = "m",
            ["Models:0:Provider"] = provider,
            ["Models:0:Model"] = "x",
            ["Models:0:ApiKey"] = "k",
        };
        foreach (var (name, value) in settings)
        {
            all[$"Models:0:{name}"] = value;
        }

        warnings = [];
        return ModelCatalogFactory.Create(
            new ConfigurationBuilder().AddInMemoryCollection(all).Build(), TimeProvider.System, warn: warnings.Add);
    }
}
