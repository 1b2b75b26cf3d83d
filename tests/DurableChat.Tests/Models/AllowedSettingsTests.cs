using System.Text.Json;
using CsCheck;
using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Tests.Chats;
using Xunit;

namespace DurableChat.Tests.Models;

/// <summary>What a request may choose for a model, and what becomes of what it may not.</summary>
public sealed class AllowedSettingsTests
{
    private static readonly JsonSerializerOptions _snakeCase =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static readonly AllowedSettings _some = new()
    {
        ReasoningEffort = ["low", "medium"],
        Temperature = new SettingBounds(0, 1.2),
        TopK = new SettingBounds(Min: 5),
        MaxOutputTokens = new SettingBounds(Max: 8000),
        Stop = true,
        ResponseFormat = true,
    };

    private static readonly AllowedSettings _all = new()
    {
        ReasoningEffort = ["low", "medium", "high"],
        ReasoningBudget = new SettingBounds(),
        ReasoningDisplay = ["low"],
        Temperature = new SettingBounds(),
        TopP = new SettingBounds(),
        TopK = new SettingBounds(),
        MaxOutputTokens = new SettingBounds(),
        ServiceTier = ["flex"],
        Seed = true,
        Stop = true,
        ResponseFormat = true,
        ToolChoice = true,
        ParallelToolCalls = true,
        Tools = true,
        BuiltInTools = true,
        Cache = true,
    };

    public static TheoryData<string, string, RefusalCode, string> Mistakes => new()
    {
        { """{"temperature":1.5}""", "temperature", RefusalCode.SettingOutOfBounds,
            "temperature is 1.5; the model 'm' allows 0 to 1.2." },
        { """{"top_k":4}""", "top_k", RefusalCode.SettingOutOfBounds,
            "top_k is 4; the model 'm' allows 5 to 2147483647." },
        { """{"max_output_tokens":8001}""", "max_output_tokens", RefusalCode.SettingOutOfBounds,
            "max_output_tokens is 8001; the model 'm' allows 1 to 8000." },
        { """{"reasoning_effort":"high"}""", "reasoning_effort", RefusalCode.SettingOutOfBounds,
            "reasoning_effort is high; the model 'm' allows low or medium." },
        {
            """{"seed":1}""", "seed", RefusalCode.SettingNotAllowed,
            "The model 'm' does not let requests choose seed. It lets them choose reasoning_effort, temperature, top_k, stop, max_output_tokens and response_format."
        },
        { """{"stop":[]}""", "stop", RefusalCode.InvalidField,
            "stop is a list of 1 to 4 texts of 1 to 64 characters." },
        { """{"stop":["a","b","c","d","e"]}""", "stop", RefusalCode.InvalidField,
            "stop is a list of 1 to 4 texts of 1 to 64 characters." },
        { """{"response_format":{"type":"xml"}}""", "response_format", RefusalCode.InvalidField,
            "response_format is an object whose type is text, json_object or json_schema." },
        {
            """{"response_format":{"type":"text","strict":true,"user":"x"}}""", "response_format",
                RefusalCode.InvalidField,
            "response_format has type, name, description, schema and strict, but no 'user'."
        },
        {
            """{"response_format":{"type":"json_object","name":"\n","schema":5}}""", "response_format.name",
                RefusalCode.InvalidField, "A response_format of the type 'json_object' has no 'name'. Leave it out."
        },
        { """{"response_format":{"type":"json_schema"}}""", "response_format.schema", RefusalCode.InvalidField,
            "The schema is a JSON Schema: an object." },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_names_the_field_the_value_and_what_is_allowed(
        string settings, string field, RefusalCode code, string message)
    {
        var refusal = Assert.Single(_some.Check(Read(settings), "m"));
        Assert.Equal((code, $"settings.{field}", message), (refusal.Code, refusal.Field, refusal.Message));
    }

    [Fact]
    public void Each_mistake_is_told()
    {
        var refusals = _some.Check(
            Read("""{"temperature":3,"reasoning_effort":"max","cache":true,"tool_choice":" "}"""), "m");
        Assert.Equal(
            ["settings.reasoning_effort", "settings.temperature", "settings.tool_choice", "settings.cache"],
            refusals.Select(refusal => refusal.Field));
    }

    [Fact]
    public void Out_of_the_box_nothing_may_be_chosen()
    {
        var refusal = Assert.Single(
            new ModelDefinition("m", null!, null).Allow.Check(Read("""{"temperature":1}"""), "m"));
        Assert.Equal(
            "The model 'm' does not let requests choose temperature. It lets them choose no setting.", refusal.Message);
    }

    [Fact]
    public void A_list_without_words_lets_requests_choose_nothing()
    {
        var allowed = new AllowedSettings { ReasoningEffort = [], Seed = true };
        var refusal = Assert.Single(allowed.Check(Read("""{"reasoning_effort":"low"}"""), "m"));
        Assert.Equal(
            "The model 'm' does not let requests choose reasoning_effort. It lets them choose seed.", refusal.Message);
    }

    [Theory]
    [InlineData(16, 15_000, true)]
    [InlineData(17, 15_000, false)]
    [InlineData(16, 17_000, false)]
    public void A_schema_is_bounded_in_size_and_depth(int depth, int size, bool isAllowed)
    {
        // The format itself is the first level.
        var nested = string.Concat(Enumerable.Repeat("{\"a\":", depth - 2)) + "{}" + new string('}', depth - 2);
        var format = $$"""{"type":"json_schema","schema":{{nested}},"description":"{{new string('x', size)}}"}""";
        var refusals = _some.Check(new GenerationSettings { ResponseFormat = JsonElement.Parse(format) }, "m");
        Assert.Equal(isAllowed ? [] : [RefusalCode.SettingOutOfBounds], refusals.Select(refusal => refusal.Code));
    }

    [Theory]
    [InlineData(1.5, 0.5)]
    [InlineData(3.0, 4.0)]
    [InlineData(-2.0, -1.0)]
    public void Bounds_that_leave_no_number_are_refused(double min, double max) =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new AllowedSettings { Temperature = new SettingBounds(min, max) });

    [Fact]
    public void What_is_not_allowed_any_more_gives_way_to_the_nearest_that_is()
    {
        var fitted = _some.Fit(
            Read("""{"temperature":1.9,"top_k":1,"max_output_tokens":9000,"reasoning_effort":"high","seed":3,"stop":["x"]}"""));
        Assert.Equal((1.2, 5, 8000), (fitted!.Temperature, fitted.TopK, fitted.MaxOutputTokens));
        Assert.Null(fitted.ReasoningEffort);
        Assert.Null(fitted.Seed);
        Assert.Equal("x", Assert.Single(fitted.Stop!));
        Assert.Null(AllowedSettings.Nothing.Fit(fitted));
    }

    [Fact]
    public void What_fits_is_allowed_and_what_is_allowed_fits() => Arbitrary.Settings.Sample(settings =>
    {
        foreach (var allowed in (AllowedSettings[])[_some, _all, AllowedSettings.Nothing])
        {
            var fitted = allowed.Fit(settings);
            Assert.Empty(fitted is null ? [] : allowed.Check(fitted, "m"));
            Assert.Same(fitted, allowed.Fit(fitted));
            Assert.True(allowed.Check(settings, "m").Count > 0 || GenerationSettings.AreSame(fitted, settings));
        }
    });

    [Fact]
    public void Each_refused_field_is_named_once() => Arbitrary.Settings.Sample(settings =>
    {
        var fields = _some.Check(settings, "m").Select(refusal => refusal.Field!.Split('.')[1]).ToList();
        Assert.Equal(fields.Count, fields.Distinct().Count());
    });

    [Fact]
    public void Settings_lie_in_layers_of_which_the_upper_wins() =>
        Gen.Select(Arbitrary.Settings, Arbitrary.Settings, Arbitrary.Settings).Sample((model, chat, message) =>
        {
            Assert.True(GenerationSettings.AreSame(model.With(chat).With(message), model.With(chat.With(message))));
            Assert.True(GenerationSettings.AreSame(model, model.With(null)));
            Assert.True(GenerationSettings.AreSame(model, new GenerationSettings().With(model)));
            Assert.True(GenerationSettings.AreSame(model, model.With(model)));
            var whole = model.With(chat).With(message);
            Assert.Equal(message.Temperature ?? chat.Temperature ?? model.Temperature, whole.Temperature);
            Assert.Equal(message.Stop ?? chat.Stop ?? model.Stop, whole.Stop);
            Assert.Equal(message.Cache ?? chat.Cache ?? model.Cache, whole.Cache);
        });

    [Fact]
    public void An_effort_takes_the_place_of_a_budget()
    {
        var settings = new GenerationSettings { ReasoningBudget = 1000 }.With(
            new GenerationSettings { ReasoningEffort = "low" });
        Assert.Equal(("low", null), (settings.ReasoningEffort, settings.ReasoningBudget));
    }

    private static GenerationSettings Read(string json) =>
        JsonSerializer.Deserialize<GenerationSettings>(json, _snakeCase)!;
}
