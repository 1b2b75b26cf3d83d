using System.Diagnostics;

namespace DurableChat.Diagnostics;

/// <summary>
/// The source of all activities (spans): turns, their model calls and their tool calls. They contain names and ids,
/// never content.
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
    internal static Activity? StartGeneration(string? provider, string model, long generation, int attempt) =>
        _source.StartActivity("generate", ActivityKind.Client)
            ?.SetTag("gen_ai.operation.name", "chat")
            .SetTag("gen_ai.provider.name", provider)
            .SetTag("gen_ai.request.model", model)
            .SetTag("durablechat.generation", generation)
            .SetTag("durablechat.attempt", attempt);

    /// <summary>Starts the activity of a tool call.</summary>
    internal static Activity? StartTool(string tool, string callId) =>
        _source.StartActivity("execute_tool")?.SetTag("gen_ai.tool.name", tool).SetTag("gen_ai.tool.call.id", callId);
}
