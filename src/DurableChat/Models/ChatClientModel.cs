using System.Runtime.CompilerServices;
using System.Text.Json;
using DurableChat.Chats;
using Microsoft.Extensions.AI;

namespace DurableChat.Models;

/// <summary>A model behind an <see cref="IChatClient"/>. Thread-safe if the client is.</summary>
/// <param name="client">The client.</param>
public sealed class ChatClientModel(IChatClient client) : IModelClient
{
    private const string Wire = "microsoft.extensions.ai";

    /// <summary>How many updates of an answer are kept for its replay. A longer answer has no replay.</summary>
    private const int MaxUpdates = 50_000;

    private readonly ChatClientMetadata? _metadata = client.GetService<ChatClientMetadata>();

    /// <inheritdoc/>
    public async IAsyncEnumerable<ModelUpdate> StreamAsync(
        ModelRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (calls, hasProtectedData) = (false, false);
        FinishReason? reason = null;
        UsageUpdate? usage = null;
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in client.GetStreamingResponseAsync(
            ToMessages(request),
            ToOptions(request),
            cancellationToken).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            request.OnBytes();
            reason = update.FinishReason is { } given ? MapReason(given) : reason;
            if (updates.Count < MaxUpdates)
            {
                updates.Add(update);
            }

            foreach (var content in update.Contents)
            {
                calls |= content is FunctionCallContent;
                hasProtectedData |= content is TextReasoningContent { ProtectedData: not null };
                switch (Read(content))
                {
                    // Counts of one answer are added, as in ChatResponse.Usage: some clients send the input count first
                    // and the output count last.
                    case UsageUpdate counts:
                        var sum = TokenUsage.Add(usage?.Usage, counts.Usage)!;
                        yield return usage = new UsageUpdate(sum) { Model = update.ModelId ?? usage?.Model };
                        break;
                    case { } read:
                        yield return read;
                        break;
                }
            }
        }

        // A cancelled client may end its stream without an exception. The answer is then incomplete.
        cancellationToken.ThrowIfCancellationRequested();

        // If a client reports no finish reason, as test clients often do, an answer with calls ends for their results.
        yield return new EndUpdate(
            reason ?? (calls ? FinishReason.ToolCalls : FinishReason.Stop),
            hasProtectedData && updates.Count < MaxUpdates ? ReplayOf(updates) : null);
    }

    private static ModelUpdate? Read(AIContent content) => content switch
    {
        TextReasoningContent { Text.Length: > 0 } reasoning => new PartUpdate(new ReasoningPart(reasoning.Text)),
        TextContent { Text.Length: > 0 } text => new PartUpdate(new TextPart(text.Text)),

        // The answer was cut off within a call. Running the call without its arguments could do something else than
        // requested.
        FunctionCallContent { Exception: { } broken } => throw new ModelException(ModelErrors.BrokenCall, broken),
        FunctionCallContent call =>
            new PartUpdate(new ToolCallPart(call.CallId, call.Name, ToolArguments.Write(call.Arguments))),
        UsageContent { Details: { } usage } =>
            new UsageUpdate(new TokenUsage(usage.InputTokenCount ?? 0, usage.OutputTokenCount ?? 0)
            {
                CacheReadTokens = usage.CachedInputTokenCount,
                ReasoningTokens = usage.ReasoningTokenCount,
            }),

        // Microsoft's OpenAI clients report a refusal this way. It is an answer, not a failure.
        ErrorContent { ErrorCode: "Refusal", Message.Length: > 0 } refusal =>
            new PartUpdate(new RefusalPart(refusal.Message)),
        ErrorContent => throw new ModelException("model_failed", "The model reported an error.", retryable: true),
        _ => null,
    };

    /// <summary>
    /// The answer as JSON. Null if its content cannot be serialised. The answer itself is still valid.
    /// </summary>
    private Replay? ReplayOf(IEnumerable<ChatResponseUpdate> updates)
    {
        try
        {
            return new Replay(
                Wire,
                _metadata?.ProviderName ?? "",
                _metadata?.DefaultModelId ?? "",
                "",
                [.. updates.ToChatResponse().Messages.Select(
                    message => JsonSerializer.Serialize(message.Contents, AIJsonUtilities.DefaultOptions))]);
        }
        catch (Exception exception) when (exception is NotSupportedException or JsonException)
        {
            return null;
        }
    }

    private List<ChatMessage> ToMessages(ModelRequest request)
    {
        var messages = new List<ChatMessage>(request.Prompt.Count);
        IReadOnlyList<string> callIds = [];
        foreach (var item in request.Prompt)
        {
            List<AIContent> contents;
            switch (item)
            {
                case SystemItem system:
                    messages.Add(new ChatMessage(ChatRole.System, system.Text));
                    break;
                case InstructionItem instruction:
                    messages.Add(new ChatMessage(ChatRole.System, instruction.Text));
                    break;
                case UserItem user:
                    messages.Add(new ChatMessage(ChatRole.User, [.. user.Parts.Select(MapPart).OfType<AIContent>()]));
                    break;
                case AssistantItem { Message: var message }:
                    contents = request.OmitsReplay ? [] : Exactly(message.Replay);
                    contents = contents.Count > 0 ? contents : [.. message.Parts.Select(MapPart).OfType<AIContent>()];
                    callIds = [.. contents.OfType<FunctionCallContent>().Select(call => call.CallId)];
                    if (contents.Count > 0)
                    {
                        messages.Add(new ChatMessage(ChatRole.Assistant, contents));
                    }

                    break;
                case ToolResultsItem { Results: var results }:
                    messages.Add(
                        new ChatMessage(
                            ChatRole.Tool,
                            [.. results.Select((result, place) => (AIContent)new FunctionResultContent(
                                callIds.ElementAtOrDefault(place) ?? result.CallId, result.Result)
                            {
                                Exception = result.IsError ? new InvalidOperationException(result.Result) : null,
                            })]));
                    break;
            }
        }

        return messages;
    }

    private List<AIContent> Exactly(Replay? replay)
    {
        if (replay is not { Wire: Wire }
            || replay.Provider != (_metadata?.ProviderName ?? "")
            || replay.Model != (_metadata?.DefaultModelId ?? ""))
        {
            return [];
        }

        try
        {
            return [.. replay.Items.SelectMany(
                item => JsonSerializer.Deserialize<List<AIContent>>(item, AIJsonUtilities.DefaultOptions) ?? [])];
        }
        catch (Exception exception) when (exception is NotSupportedException or JsonException)
        {
            // Another version of the library wrote it.
            return [];
        }
    }

    private static AIContent? MapPart(MessagePart part) => part switch
    {
        TextPart text => new TextContent(text.Text),
        RefusalPart refusal => new TextContent(refusal.Text),
        ToolCallPart call => new FunctionCallContent(call.CallId, call.Name, ToolArguments.Parse(call.Arguments)),
        _ => null,
    };

    private static ChatOptions ToOptions(ModelRequest request)
    {
        var settings = request.Settings;
        return new ChatOptions
        {
            Tools = [.. request.Tools],
            Temperature = (float?)settings.Temperature,
            TopP = (float?)settings.TopP,
            TopK = settings.TopK,
            Seed = settings.Seed,
            StopSequences = settings.Stop?.ToList(),
            MaxOutputTokens = settings.MaxOutputTokens,
            AllowMultipleToolCalls = settings.ParallelToolCalls,
            // Some clients refuse a tool choice without tools.
            ToolMode = request.Tools.Count == 0 ? null : settings.ToolChoice switch
            {
                null => null,
                "auto" => ChatToolMode.Auto,
                "none" => ChatToolMode.None,
                "required" => ChatToolMode.RequireAny,
                var name => ChatToolMode.RequireSpecific(name),
            },
            Reasoning = ReasoningOf(settings),
            ResponseFormat = settings.ResponseFormat is not { } format ? null : FormatOf(format),
        };
    }

    private static ReasoningOptions? ReasoningOf(GenerationSettings settings)
    {
        ReasoningEffort? effort = settings.ReasoningEffort switch
        {
            "none" => ReasoningEffort.None,
            "low" or "minimal" => ReasoningEffort.Low,
            "medium" => ReasoningEffort.Medium,
            "high" => ReasoningEffort.High,
            "xhigh" or "max" => ReasoningEffort.ExtraHigh,
            _ => null,
        };
        ReasoningOutput? output = settings.ReasoningDisplay switch
        {
            "omitted" => ReasoningOutput.None,
            "summary" => ReasoningOutput.Summary,
            _ => null,
        };
        return effort is null && output is null ? null : new ReasoningOptions { Effort = effort, Output = output };
    }

    private static ChatResponseFormat? FormatOf(JsonElement format) => format.GetProperty("type").GetString() switch
    {
        "json_schema" => ChatResponseFormat.ForJsonSchema(
            format.GetProperty("schema"), TextOf(format, "name"), TextOf(format, "description")),
        "json_object" => ChatResponseFormat.Json,
        _ => ChatResponseFormat.Text,
    };

    private static string? TextOf(JsonElement format, string name) =>
        format.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static FinishReason MapReason(ChatFinishReason reason) =>
        reason == ChatFinishReason.Length ? FinishReason.Length
        : reason == ChatFinishReason.ContentFilter ? FinishReason.ContentFilter
        : reason == ChatFinishReason.ToolCalls ? FinishReason.ToolCalls
        : FinishReason.Stop;
}
