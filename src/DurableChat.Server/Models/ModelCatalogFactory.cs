using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Providers;
using DurableChat.Server.Configuration;

namespace DurableChat.Server.Models;

/// <summary>Creates the configured models. Without any there is the demo model.</summary>
internal static class ModelCatalogFactory
{
    private const string ExampleFormat = """{"type":"json_schema","name":"answer","schema":{"type":"object"}}""";

    /// <summary>Creates the catalogue.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="time">The clock.</param>
    /// <param name="recorder">Sends requests through a recorder; null for the network.</param>
    /// <param name="warn">Receives warnings about settings without effect, one sentence each.</param>
    /// <exception cref="ConfigurationException">
    /// A model's configuration is invalid. The message names the model, never its key.
    /// </exception>
    public static ModelCatalog Create(IConfiguration configuration, TimeProvider time, HttpMessageHandler? recorder = null, Action<string>? warn = null)
    {
        var settings = Settings.Read<ModelSettings[]>(configuration, "Models") ?? [];
        if (settings.Length == 0)
        {
            settings = [new ModelSettings { Name = "demo", Provider = "demo" }];
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        var models = new List<ModelDefinition>();
        for (var i = 0; i < settings.Length; i++)
        {
            var name = settings[i].Name;
            if (string.IsNullOrWhiteSpace(name))
            {
                throw new ConfigurationException($"Models:{i}:Name is missing.");
            }

            if (!names.Add(name))
            {
                throw new ConfigurationException($"Two models are named '{name}'.");
            }

            var model = CreateModel(name, settings[i], time, recorder, warn);
            models.Add(WithFallback(model with { Allow = AllowOf(name, settings[i].Allow) }, settings[i]));
        }

        return FallbackPolicy.FindProblem(models) is { } problem
            ? throw new ConfigurationException(problem)
            : new ModelCatalog(models);
    }

    private static ModelDefinition WithFallback(ModelDefinition model, ModelSettings settings)
    {
        var after = settings.FallbackAfter is { Length: > 0 } ? settings.FallbackAfter : null;
        return after?.FirstOrDefault(code => !FallbackPolicy.KnownErrors.Contains(code)) is { } unknown
            ? throw new ConfigurationException($"FallbackAfter of model '{model.Name}' has '{unknown}'; it may have {string.Join(", ", FallbackPolicy.KnownErrors)}.")
            : after is not null && string.IsNullOrEmpty(settings.Fallback)
            ? throw new ConfigurationException($"Model '{model.Name}' has FallbackAfter, but no Fallback.")
            : model with { Fallback = string.IsNullOrEmpty(settings.Fallback) ? null : settings.Fallback, FallbackAfter = after };
    }

    private static ModelDefinition CreateModel(string name, ModelSettings settings, TimeProvider time, HttpMessageHandler? recorder, Action<string>? warn)
    {
        var problems = new List<ValidationResult>();
        if (!Validator.TryValidateObject(settings, new ValidationContext(settings), problems, validateAllProperties: true))
        {
            throw new ConfigurationException($"Model '{name}': {string.Join(' ', problems.Select(problem => problem.ErrorMessage))}");
        }

        if (settings.Endpoint is { } endpoint && (!endpoint.IsAbsoluteUri || endpoint.Scheme is not ("http" or "https")))
        {
            throw new ConfigurationException($"The endpoint of model '{name}' is not an http or https address.");
        }

        return settings.Provider?.ToLowerInvariant() == "demo"
            ? new ModelDefinition(name, new DemoModel(TimeSpan.FromMilliseconds(settings.DelayMs), time), settings.Description ?? "Built in: needs no key, shows what the server can do.")
            : CreateProviderModel(name, settings, time, recorder, warn);
    }

    private static ModelDefinition CreateProviderModel(string name, ModelSettings settings, TimeProvider time, HttpMessageHandler? recorder, Action<string>? warn)
    {
        if (!KnownProvider.All.TryGetValue(settings.Provider ?? string.Empty, out var provider))
        {
            throw new ConfigurationException($"The provider of model '{name}' is '{settings.Provider}'; it must be demo, {string.Join(", ", KnownProvider.All.Keys.SkipLast(1))} or {KnownProvider.All.Keys.Last()}.");
        }

        if (string.IsNullOrWhiteSpace(settings.Model))
        {
            throw new ConfigurationException($"Model '{name}' lacks 'Model', the provider's name of it.");
        }

        if (settings.Endpoint is null && provider.Endpoint is null)
        {
            throw new ConfigurationException($"Model '{name}' lacks 'Endpoint', the address of its server.");
        }

        RequireKeyForOwnHost(name, settings, provider);
        var options = new ProviderOptions
        {
            Wire = settings.Api?.ToLowerInvariant() switch
            {
                null or "" => provider.WireFor(settings.Endpoint),
                "responses" => ProviderWire.Responses,
                "chat" => ProviderWire.Chat,
                "messages" => ProviderWire.Messages,
                _ => throw new ConfigurationException($"The API of model '{name}' is '{settings.Api}'; it must be responses, chat or messages."),
            },
            Model = settings.Model,
            Endpoint = settings.Endpoint ?? provider.Endpoint,
            Key = settings.FindKey(),
            Flavour = provider.Flavour,
            Headers = settings.Headers,
            Query = settings.Query,
            ExtraBody = ReadObject(name, nameof(settings.ExtraBody), settings.ExtraBody),
            MaxTokensField = settings.MaxTokensField,
            ParsesThinkTags = settings.ParsesThinkTags,
        };
        var generation = SettingsOf(name, settings);
        WarnOfIdle(name, options, generation, warn);
        return new ModelDefinition(name, ProviderModels.Create(options, recorder, time), settings.Description ?? settings.Model)
        {
            Provider = KnownProvider.TelemetryNameOf(settings.Provider!, settings.Endpoint),
            ProviderModel = settings.Model,
            Settings = generation,
            Silence = RequirePositive(name, nameof(settings.Silence), settings.Silence),
            ContentSilence = RequirePositive(name, nameof(settings.ContentSilence), settings.ContentSilence),
            MaxAnswerTime = RequirePositive(name, nameof(settings.MaxAnswerTime), settings.MaxAnswerTime),
            MaxAttempts = settings.MaxAttempts,
            ContextTokens = settings.ContextTokens,
            IsSelectable = settings.Allow.Model,
            IsKept = recorder is not null,
        };
    }

    private static void WarnOfIdle(string name, ProviderOptions options, GenerationSettings settings, Action<string>? warn)
    {
        if (IdleSettings.Find(options, settings) is [_, ..] idle)
        {
            warn?.Invoke($"Model '{name}' has settings without an effect, because its protocol or its other settings leave them out: {string.Join(", ", idle)}. Remove them.");
        }

        if (settings is { ReasoningBudget: { } budget, MaxOutputTokens: { } most } && budget >= most)
        {
            warn?.Invoke($"Model '{name}' may spend {budget} tokens on thought and give {most} in all, thought included, so little or nothing is left for text. Raise MaxOutputTokens, or lower ReasoningBudget.");
        }
    }

    /// <summary>
    /// The response format. The form of Chat Completions, with the schema one level deeper, is also accepted.
    /// </summary>
    private static JsonElement? FormatOf(string name, string? json)
    {
        if (ReadObject(name, nameof(ModelSettings.ResponseFormat), json) is not { } format)
        {
            return null;
        }

        if (format["json_schema"] is JsonObject deeper)
        {
            format.Remove("json_schema");
            foreach (var (member, value) in deeper)
            {
                format[member] = value?.DeepClone();
            }
        }

        var form = JsonSerializer.SerializeToElement(format);
        var problem = new AllowedSettings { ResponseFormat = true }.Check(new GenerationSettings { ResponseFormat = form }, name)
            .FirstOrDefault(refusal => refusal.Code == RefusalCode.InvalidField);
        return problem is null
            ? form
            : throw new ConfigurationException($"ResponseFormat of model '{name}' is wrong. {problem.Message} An example: {ExampleFormat}");
    }

    private static GenerationSettings SettingsOf(string name, ModelSettings settings) => new()
    {
        ReasoningEffort = settings.ReasoningEffort,
        ReasoningBudget = settings.ReasoningBudget,
        ReasoningDisplay = settings.ReasoningDisplay,
        Temperature = settings.Temperature,
        TopP = settings.TopP,
        TopK = settings.TopK,
        Seed = settings.Seed,
        Stop = settings.Stop,
        MaxOutputTokens = settings.MaxOutputTokens,
        ResponseFormat = FormatOf(name, settings.ResponseFormat),
        ToolChoice = settings.ToolChoice,
        ParallelToolCalls = settings.ParallelToolCalls,
        Tools = settings.Tools,
        BuiltInTools = settings.BuiltInTools,
        ServiceTier = settings.ServiceTier,
        Cache = settings.Cache,
    };

    private static AllowedSettings AllowOf(string name, AllowSettings allow)
    {
        try
        {
            return allow.ToAllowed();
        }
        catch (ArgumentOutOfRangeException exception)
        {
            throw new ConfigurationException($"What model '{name}' allows is wrong. {exception.Message}");
        }
    }

    private static JsonObject? ReadObject(string name, string setting, string? json)
    {
        if (string.IsNullOrWhiteSpace(json))
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(json) as JsonObject ?? throw new JsonException();
        }
        catch (JsonException)
        {
            throw new ConfigurationException($"{setting} of model '{name}' is not a JSON object.");
        }
    }

    private static TimeSpan? RequirePositive(string name, string setting, TimeSpan? time) =>
        time is null || (time > TimeSpan.Zero && time < TimeSpan.FromDays(49)) ? time : throw new ConfigurationException($"{setting} of model '{name}' must be more than zero and less than 49 days.");

    private static void RequireKeyForOwnHost(string name, ModelSettings settings, KnownProvider provider)
    {
        if (settings.Endpoint is null && provider.NeedsKey && string.IsNullOrEmpty(settings.FindKey()))
        {
            throw new ConfigurationException(
                settings.ApiKeyVariable is { } variable
                    ? $"Model '{name}' takes its key from the environment variable {variable}, which is not set."
                    : $"Model '{name}' lacks a key: set ApiKeyVariable to the environment variable that holds it.");
        }
    }
}
