using System.Globalization;
using DurableChat.Chats;

namespace DurableChat.Models;

/// <summary>
/// The settings of a model that requests may choose, each with its bounds. The host chooses everything that is not set
/// here. Immutable.
/// </summary>
public sealed record AllowedSettings
{
    internal const string DefaultField = "settings";

    /// <summary>Requests may choose no settings. The default.</summary>
    public static AllowedSettings Nothing { get; } = new();

    /// <summary>
    /// The allowed values of <see cref="GenerationSettings.ReasoningEffort"/>. If null or empty, requests may not set
    /// it.
    /// </summary>
    public IReadOnlyList<string>? ReasoningEffort { get; init => field = value is [] ? null : value; }

    /// <summary>
    /// The allowed range of <see cref="GenerationSettings.ReasoningBudget"/>. If null, requests may not set it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">No number is within the bounds.</exception>
    public SettingBounds? ReasoningBudget { get; init => field = value?.WholeFrom(0); }

    /// <summary>
    /// The allowed values of <see cref="GenerationSettings.ReasoningDisplay"/>. If null or empty, requests may not set
    /// it.
    /// </summary>
    public IReadOnlyList<string>? ReasoningDisplay { get; init => field = value is [] ? null : value; }

    /// <summary>
    /// The allowed range of <see cref="GenerationSettings.Temperature"/>. If null, requests may not set it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">No number is within the bounds.</exception>
    public SettingBounds? Temperature { get; init => field = value?.Within(0, 2); }

    /// <summary>The allowed range of <see cref="GenerationSettings.TopP"/>. If null, requests may not set it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No number is within the bounds.</exception>
    public SettingBounds? TopP { get; init => field = value?.Within(0, 1); }

    /// <summary>The allowed range of <see cref="GenerationSettings.TopK"/>. If null, requests may not set it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No number is within the bounds.</exception>
    public SettingBounds? TopK { get; init => field = value?.WholeFrom(1); }

    /// <summary>Whether requests may set <see cref="GenerationSettings.Seed"/>.</summary>
    public bool Seed { get; init; }

    /// <summary>
    /// Whether requests may set <see cref="GenerationSettings.Stop"/>: 1 to 4 texts of 1 to 64 characters.
    /// </summary>
    public bool Stop { get; init; }

    /// <summary>
    /// The allowed range of <see cref="GenerationSettings.MaxOutputTokens"/>. If null, requests may not set it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">No number is within the bounds.</exception>
    public SettingBounds? MaxOutputTokens { get; init => field = value?.WholeFrom(1); }

    /// <summary>
    /// Whether requests may set <see cref="GenerationSettings.ResponseFormat"/>: at most 16 KiB, nested at most 16
    /// levels deep.
    /// </summary>
    public bool ResponseFormat { get; init; }

    /// <summary>Whether requests may set <see cref="GenerationSettings.ToolChoice"/>.</summary>
    public bool ToolChoice { get; init; }

    /// <summary>Whether requests may set <see cref="GenerationSettings.ParallelToolCalls"/>.</summary>
    public bool ParallelToolCalls { get; init; }

    /// <summary>Whether requests may set <see cref="GenerationSettings.Tools"/>.</summary>
    public bool Tools { get; init; }

    /// <summary>Whether requests may set <see cref="GenerationSettings.BuiltInTools"/>.</summary>
    public bool BuiltInTools { get; init; }

    /// <summary>
    /// The allowed values of <see cref="GenerationSettings.ServiceTier"/>. If null or empty, requests may not set it.
    /// </summary>
    public IReadOnlyList<string>? ServiceTier { get; init => field = value is [] ? null : value; }

    /// <summary>Whether requests may set <see cref="GenerationSettings.Cache"/>.</summary>
    public bool Cache { get; init; }

    /// <summary>
    /// Checks settings. Returns one refusal for each error, or none if a request may choose these settings.
    /// </summary>
    /// <param name="settings">The requested settings.</param>
    /// <param name="model">The model's name, for error messages.</param>
    public IReadOnlyList<Refusal> Check(GenerationSettings settings, string model)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return Check(settings, model, DefaultField);
    }

    /// <summary>Checks settings that are in another field of the request.</summary>
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
    /// Returns the nearest allowed settings. Numbers are moved into their bounds, and everything else that is not
    /// allowed is removed. For settings that were accepted before the host restricted them, or that were chosen for
    /// another model. Valid settings are returned unchanged.
    /// </summary>
    /// <param name="settings">The requested settings. Null for none.</param>
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

    /// <summary>The requested settings, each paired with what is allowed.</summary>
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

    /// <summary>The error in one setting, if there is one. It replaces an error in the setting's form.</summary>
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

        /// <summary>A description of the allowed values. Null if the value is allowed.</summary>
        public string? Allowed(object value) =>
            Choices is { } words && !words.Contains((string)value, StringComparer.Ordinal) ? Words.Or(words)
            : Bounds is { } bounds && !bounds.Contains(Convert.ToDouble(value, CultureInfo.InvariantCulture))
                ? $"{bounds}"
            : null;
    }
}
