using System.Diagnostics;

namespace DurableChat.Diagnostics;

/// <summary>The one source of all activities (spans): a turn, its model calls and its tool calls. They hold names and ids, never what is said.</summary>
public static class DurableChatActivitySource
{
    /// <summary>Its name, to be given to OpenTelemetry.</summary>
    public const string Name = "DurableChat";

    private static readonly ActivitySource _source = new(Name);

    /// <summary>Begins the activity of what a worker does under one lease of a chat.</summary>
    internal static Activity? StartRun(string chat) => _source.StartActivity("drive_chat")?.SetTag("durablechat.chat.id", chat);

    /// <summary>Begins the activity of a model call.</summary>
    internal static Activity? StartGeneration(string? provider, string model, long generation, int attempt) =>
        _source.StartActivity("generate", ActivityKind.Client)
            ?.SetTag("gen_ai.operation.name", "chat")
            .SetTag("gen_ai.provider.name", provider)
            .SetTag("gen_ai.request.model", model)
            .SetTag("durablechat.generation", generation)
            .SetTag("durablechat.attempt", attempt);

    /// <summary>Begins the activity of a tool call.</summary>
    internal static Activity? StartTool(string tool, string callId) =>
        _source.StartActivity("execute_tool")?.SetTag("gen_ai.tool.name", tool).SetTag("gen_ai.tool.call.id", callId);
}
