using System.Diagnostics;
using DurableChat.Chats;

namespace DurableChat.Diagnostics;

/// <summary>
/// The source of all activities (spans): turns, their model calls and their tool calls. They contain names and ids,
/// never content. Model calls and tool calls are displayed under the names and have the attributes of OpenTelemetry's
/// semantic conventions for generative AI.
/// </summary>
public static class DurableChatActivitySource
{
    /// <summary>The name to register with OpenTelemetry.</summary>
    public const string Name = "DurableChat";

    private static readonly ActivitySource _source = new(Name);

    /// <summary>Starts the activity for a worker's work under one lease of a chat.</summary>
    internal static Activity? StartRun(string chat) =>
        _source.StartActivity("drive_chat")?.SetTag("durablechat.chat.id", chat);

    /// <summary>Starts the activity of a model call.</summary>
    internal static Activity? StartGeneration(string chat, ModelCall call, long generation, int attempt)
    {
        if (_source.StartActivity("generate", ActivityKind.Client) is not { } activity)
        {
            return null;
        }

        Named(activity, $"{ModelCall.Operation} {call.RequestModel}");
        foreach (var (name, value) in call.Tags())
        {
            activity.SetTag(name, value);
        }

        return activity
            .SetTag("gen_ai.conversation.id", chat)
            .SetTag("durablechat.generation", generation)
            .SetTag("durablechat.attempt", attempt);
    }

    /// <summary>Adds how a model call ended.</summary>
    /// <param name="activity">The activity of the call. Null if no listener wants it.</param>
    /// <param name="call">The call, with the model that answered.</param>
    /// <param name="usage">What the provider counted. Null if it has not.</param>
    /// <param name="error">The error code. Null if the call did not fail.</param>
    internal static void EndGeneration(Activity? activity, ModelCall call, TokenUsage? usage, string? error)
    {
        activity?.SetTag("gen_ai.response.model", call.ResponseModel)
            .SetTag("gen_ai.usage.input_tokens", usage?.InputTokens)
            .SetTag("gen_ai.usage.output_tokens", usage?.OutputTokens);
        if (error is not null)
        {
            activity?.SetTag("error.type", error).SetStatus(ActivityStatusCode.Error, error);
        }
    }

    /// <summary>Starts the activity of a tool call.</summary>
    internal static Activity? StartTool(string tool, string callId) =>
        _source.StartActivity("execute_tool") is { } activity
            ? Named(activity, $"execute_tool {tool}")
                .SetTag("gen_ai.operation.name", "execute_tool")
                .SetTag("gen_ai.tool.type", "function")
                .SetTag("gen_ai.tool.name", tool)
                .SetTag("gen_ai.tool.call.id", callId)
            : null;

    private static Activity Named(Activity activity, string name)
    {
        activity.DisplayName = name;
        return activity;
    }
}
