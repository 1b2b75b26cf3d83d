using System.Globalization;
using DurableChat.Chats;

namespace DurableChat.Models;

/// <summary>
/// Which settings requests may choose for a model, each within its bounds. What is not set here is the host's to
/// choose. Immutable.
/// </summary>
public sealed record AllowedSettings
{
    internal const string DefaultField = "settings";

    /// <summary>Requests choose nothing. The default.</summary>
    public static AllowedSettings Nothing { get; } = new();

    /// <summary>
    /// The words that <see cref="GenerationSettings.ReasoningEffort"/> may be; null or none if it may not be chosen.
    /// </summary>
    public IReadOnlyList<string>? ReasoningEffort { get; init => field = value is [] ? null : value; }

    /// <summary>What <see cref="GenerationSettings.ReasoningBudget"/> may be; null if it may not be chosen.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No number is within the bounds.</exception>
    public SettingBounds? ReasoningBudget { get; init => field = value?.WholeFrom(0); }

    /// <summary>
    /// The words that <see cref="GenerationSettings.ReasoningDisplay"/> may be; null or none if it may not be chosen.
    /// </summary>
    public IReadOnlyList<string>? ReasoningDisplay { get; init => field = value is [] ? null : value; }

    /// <summary>What <see cref="GenerationSettings.Temperature"/> may be; null if it may not be chosen.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No number is within the bounds.</exception>
    public SettingBounds? Temperature { get; init => field = value?.Within(0, 2); }

    /// <summary>What <see cref="GenerationSettings.TopP"/> may be; null if it may not be chosen.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No number is within the bounds.</exception>
    public SettingBounds? TopP { get; init => field = value?.Within(0, 1); }

    /// <summary>What <see cref="GenerationSettings.TopK"/> may be; null if it may not be chosen.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No number is within the bounds.</exception>
    public SettingBounds? TopK { get; init => field = value?.WholeFrom(1); }

    /// <summary>Whether <see cref="GenerationSettings.Seed"/> may be chosen.</summary>
    public bool Seed { get; init; }

    /// <summary>
    /// Whether <see cref="GenerationSettings.Stop"/> may be chosen: 1 to 4 texts of 1 to 64 characters.
    /// </summary>
    public bool Stop { get; init; }

    /// <summary>What <see cref="GenerationSettings.MaxOutputTokens"/> may be; null if it may not be chosen.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No number is within the bounds.</exception>
    public SettingBounds? MaxOutputTokens { get; init => field = value?.WholeFrom(1); }

    /// <summary>
    /// Whether <see cref="GenerationSettings.ResponseFormat"/> may be chosen: at most 16 KiB, nested no deeper than 16
    /// levels.
    /// </summary>
    public bool ResponseFormat { get; init; }

    /// <summary>Whether <see cref="GenerationSettings.ToolChoice"/> may be chosen.</summary>
    public bool ToolChoice { get; init; }

    /// <summary>Whether <see cref="GenerationSettings.ParallelToolCalls"/> may be chosen.</summary>
    public bool ParallelToolCalls { get; init; }

    /// <summary>Whether <see cref="GenerationSettings.Tools"/> may be chosen.</summary>
    public bool Tools { get; init; }

    /// <summary>Whether <see cref="GenerationSettings.BuiltInTools"/> may be chosen.</summary>
    public bool BuiltInTools { get; init; }

    /// <summary>
    /// The words that <see cref="GenerationSettings.ServiceTier"/> may be; null or none if it may not be chosen.
    /// </summary>
    public IReadOnlyList<string>? ServiceTier { get; init => field = value is [] ? null : value; }

    /// <summary>Whether <see cref="GenerationSettings.Cache"/> may be chosen.</summary>
    public bool Cache { get; init; }

    /// <summary>
    /// Everything that keeps a request from choosing these settings, one refusal for each mistake; empty if nothing
    /// does.
    /// </summary>
    /// <param name="settings">What a request asks for.</param>
    /// <param name="model">The model's name, for people.</param>
    public IReadOnlyList<Refusal> Check(GenerationSettings settings, string model)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return Check(settings, model, DefaultField);
    }

    /// <summary>The same for settings that are another field of the request.</summary>
    internal IReadOnlyList<Refusal> Check(GenerationSettings settings, string model, string field)
    {
        if (settings.IsEmpty)
        {
            return [];
        }

        var form = SettingRules.CheckForm(settings, field).ToList();
        return [.. Allowances(settings).SelectMany(allowance => Judge(allowance, model, field, form)), .. form];
    }

    /// <summary>
    /// The nearest settings that are allowed: numbers move into their bounds, and all else that is not allowed is left
    /// out. For what was accepted before the host allowed less, or was chosen for another model. Settings without a
    /// mistake come back as they are.
    /// </summary>
    /// <param name="settings">What was asked for; null for nothing.</param>
    public GenerationSettings? Fit(GenerationSettings? settings)
    {
        if (settings is null || Check(settings, string.Empty).Count == 0)
        {
            return GenerationSettings.OrNull(settings);
        }

        var wrong = SettingRules.CheckForm(settings, DefaultField)
            .Select(refusal => refusal.Field!.Split('.')[1])
            .ToHashSet(StringComparer.Ordinal);
        return GenerationSettings.OrNull(new GenerationSettings
        {
            ReasoningEffort = Keep(settings.ReasoningEffort, ReasoningEffort),
            ReasoningBudget = (int?)Keep(settings.ReasoningBudget, ReasoningBudget),
            ReasoningDisplay = Keep(settings.ReasoningDisplay, ReasoningDisplay),
            Temperature = Keep(settings.Temperature, Temperature),
            TopP = Keep(settings.TopP, TopP),
            TopK = (int?)Keep(settings.TopK, TopK),
            Seed = Seed ? settings.Seed : null,
            Stop = Stop && !wrong.Contains("stop") ? settings.Stop : null,
            MaxOutputTokens = (int?)Keep(settings.MaxOutputTokens, MaxOutputTokens),
            ResponseFormat = ResponseFormat && !wrong.Contains("response_format") ? settings.ResponseFormat : null,
            ToolChoice = ToolChoice && !wrong.Contains("tool_choice") ? settings.ToolChoice : null,
            ParallelToolCalls = ParallelToolCalls ? settings.ParallelToolCalls : null,
            Tools = Tools ? settings.Tools : null,
            BuiltInTools = BuiltInTools ? settings.BuiltInTools : null,
            ServiceTier = Keep(settings.ServiceTier, ServiceTier),
            Cache = Cache ? settings.Cache : null,
        });
    }

    /// <summary>What is asked for, beside what is allowed.</summary>
    private IEnumerable<Allowance> Allowances(GenerationSettings asked) =>
    [
        new("reasoning_effort", asked.ReasoningEffort, ReasoningEffort is not null) { Choices = ReasoningEffort },
        new("reasoning_budget", asked.ReasoningBudget, ReasoningBudget is not null) { Bounds = ReasoningBudget },
        new("reasoning_display", asked.ReasoningDisplay, ReasoningDisplay is not null) { Choices = ReasoningDisplay },
        new("temperature", asked.Temperature, Temperature is not null) { Bounds = Temperature },
        new("top_p", asked.TopP, TopP is not null) { Bounds = TopP },
        new("top_k", asked.TopK, TopK is not null) { Bounds = TopK },
        new("seed", asked.Seed, Seed),
        new("stop", asked.Stop, Stop),
        new("max_output_tokens", asked.MaxOutputTokens, MaxOutputTokens is not null) { Bounds = MaxOutputTokens },
        new("response_format", asked.ResponseFormat, ResponseFormat),
        new("tool_choice", asked.ToolChoice, ToolChoice),
        new("parallel_tool_calls", asked.ParallelToolCalls, ParallelToolCalls),
        new("tools", asked.Tools, Tools),
        new("built_in_tools", asked.BuiltInTools, BuiltInTools),
        new("service_tier", asked.ServiceTier, ServiceTier is not null) { Choices = ServiceTier },
        new("cache", asked.Cache, Cache),
    ];

    /// <summary>
    /// The mistake in one setting, if there is one. It takes the place of what is wrong with its form.
    /// </summary>
    private IEnumerable<Refusal> Judge(Allowance allowance, string model, string root, List<Refusal> form)
    {
        var (name, value, isAllowed) = allowance;
        if (value is null)
        {
            yield break;
        }

        var field = $"{root}.{name}";
        if (!isAllowed)
        {
            form.RemoveAll(refusal => IsOf(refusal, field));
            var message = $"The model '{model}' does not let requests choose {name}. {Offer()}";
            yield return new Refusal(RefusalCode.SettingNotAllowed, message, field);
        }
        else if (!form.Exists(refusal => IsOf(refusal, field)) && allowance.Allowed(value) is { } allowed)
        {
            var shown = string.Create(CultureInfo.InvariantCulture, $"{value}");
            yield return new Refusal(
                RefusalCode.SettingOutOfBounds, $"{name} is {shown}; the model '{model}' allows {allowed}.", field);
        }
    }

    private static bool IsOf(Refusal refusal, string field) =>
        refusal.Field == field || refusal.Field?.StartsWith($"{field}.", StringComparison.Ordinal) == true;

    private string Offer()
    {
        var allowed = Allowances(new GenerationSettings()).Where(allowance => allowance.IsAllowed);
        string[] names = [.. allowed.Select(allowance => allowance.Name)];
        return names is [] ? "It lets them choose no setting." : $"It lets them choose {Words.And(names)}.";
    }

    private static string? Keep(string? word, IReadOnlyList<string>? allowed) =>
        word is not null && allowed?.Contains(word, StringComparer.Ordinal) == true ? word : null;

    private static double? Keep(double? number, SettingBounds? allowed) =>
        number is { } value ? allowed?.Nearest(value) : null;

    private sealed record Allowance(string Name, object? Value, bool IsAllowed)
    {
        public IReadOnlyList<string>? Choices { get; init; }

        public SettingBounds? Bounds { get; init; }

        /// <summary>What is allowed instead of a value, in words; null if the value is.</summary>
        public string? Allowed(object value) =>
            Choices is { } words && !words.Contains((string)value, StringComparer.Ordinal) ? Words.Or(words)
            : Bounds is { } bounds && !bounds.Contains(Convert.ToDouble(value, CultureInfo.InvariantCulture)) ? $"{bounds}"
            : null;
    }
}
