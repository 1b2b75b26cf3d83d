using System.Text.Json;
using System.Text.Json.Nodes;
using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Providers.Chat;
using DurableChat.Providers.Http;
using DurableChat.Providers.Messages;
using DurableChat.Providers.Responses;
using Microsoft.Extensions.AI;

namespace DurableChat.Providers;

/// <summary>
/// Finds settings that a model's protocol does not support. It compares the requests with and without each setting, so
/// it follows the protocols automatically. Pure.
/// </summary>
internal static class IdleSettings
{
    private static readonly Uri _nowhere = new("http://localhost");

    private static readonly JsonElement _schema = JsonElement.Parse("""{"type":"object"}""");

    /// <summary>Each setting, how to remove it, and a second value in case the first equals the default.</summary>
    private static readonly (string Name, Func<GenerationSettings, bool> IsSet,
        Func<GenerationSettings, GenerationSettings> Without,
        Func<GenerationSettings, GenerationSettings>? Other)[] _settings =
    [
        (
            nameof(GenerationSettings.ReasoningEffort),
            all => all.ReasoningEffort is not null,
            all => all with { ReasoningEffort = null },
            null),
        (
            nameof(GenerationSettings.ReasoningBudget),
            all => all.ReasoningBudget is not null,
            all => all with { ReasoningBudget = null },
            null),
        (
            nameof(GenerationSettings.ReasoningDisplay),
            all => all.ReasoningDisplay is not null,
            all => all with { ReasoningDisplay = null },
            all => all with { ReasoningDisplay = all.ReasoningDisplay == "omitted" ? "summary" : "omitted" }),
        (
            nameof(GenerationSettings.Temperature),
            all => all.Temperature is not null,
            all => all with { Temperature = null },
            null),
        (nameof(GenerationSettings.TopP), all => all.TopP is not null, all => all with { TopP = null }, null),
        (nameof(GenerationSettings.TopK), all => all.TopK is not null, all => all with { TopK = null }, null),
        (nameof(GenerationSettings.Seed), all => all.Seed is not null, all => all with { Seed = null }, null),
        (nameof(GenerationSettings.Stop), all => all.Stop is { Count: > 0 }, all => all with { Stop = null }, null),
        (
            nameof(GenerationSettings.MaxOutputTokens),
            all => all.MaxOutputTokens is not null,
            all => all with { MaxOutputTokens = null },
            all => all with { MaxOutputTokens = all.MaxOutputTokens + 1 }),
        (nameof(GenerationSettings.ResponseFormat), AsksForAFormat, all => all with { ResponseFormat = null }, null),
        (
            nameof(GenerationSettings.ToolChoice),
            all => all is { ToolChoice: not null, Tools: not false },
            all => all with { ToolChoice = null },
            null),
        (
            nameof(GenerationSettings.ParallelToolCalls),
            all => all is { ParallelToolCalls: not null, Tools: not false, ToolChoice: not "none" },
            all => all with { ParallelToolCalls = null }, null),
        (
            nameof(GenerationSettings.ServiceTier),
            all => all.ServiceTier is not null,
            all => all with { ServiceTier = null },
            null),
    ];

    /// <summary>The names of the settings without effect.</summary>
    /// <param name="options">The model and how to reach it.</param>
    /// <param name="settings">Its settings.</param>
    public static IReadOnlyList<string> Find(ProviderOptions options, GenerationSettings settings) =>
    [
        .. _settings.Where(setting => setting.IsSet(settings))
            .Where(setting => Write(options, setting.Without(settings)) is var silent
                && silent == Write(options, settings)
                && (setting.Other is null || silent == Write(options, setting.Other(settings))))
            .Select(setting => setting.Name),
    ];

    private static bool AsksForAFormat(GenerationSettings settings) =>
        settings.ResponseFormat is { ValueKind: JsonValueKind.Object } format
        && format.TryGetProperty("type", out var type) && type.ToString() != "text";

    private static string Write(ProviderOptions options, GenerationSettings settings) => Body(options, new ModelRequest
    {
        Prompt = [new UserItem([new TextPart("x")])],
        Tools = [AIFunctionFactory.CreateDeclaration(settings.ToolChoice ?? "x", null, _schema)],
        Settings = settings,
    }).ToJsonString();

    private static JsonObject Body(ProviderOptions options, ModelRequest request)
    {
        var address = options.Endpoint ?? _nowhere;
        var provider = Provider.Of(string.Empty, address, options);
        return options.Wire switch
        {
            ProviderWire.Chat =>
                new ChatRequestWriter(
                    options, Chat.ChatRules.Of(options.Flavour, address, options.Model), provider).Write(request),
            ProviderWire.Messages =>
                MessagesRequest.Build(options.Model, request, MessagesPrompt.Build(provider, request), []),
            _ => ResponsesRequest.Build(provider, request),
        };
    }
}
