using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Providers.Http;

namespace DurableChat.Providers.Messages;

/// <summary>Decides what is kept of a complete answer. Pure.</summary>
internal static class MessagesReplay
{
    /// <summary>The calls of an answer that ended with tool use.</summary>
    /// <exception cref="ModelException">One of them cannot be run.</exception>
    public static IReadOnlyList<ToolCallPart> Calls(IReadOnlyList<ContentBlock> blocks) =>
    [
        .. blocks.Where(block => block.Type == "tool_use").Select(Call),
    ];

    /// <summary>The blocks that later requests send back; empty if the answer cannot be sent back unchanged.</summary>
    public static IReadOnlyList<string> Keep(IReadOnlyList<ContentBlock> blocks, FinishReason reason)
    {
        var calls = blocks.Where(block => block.Type == "tool_use").ToList();
        var areCallsNamed = calls.TrueForAll(call => !string.IsNullOrEmpty(call.Id))
            && calls.DistinctBy(call => call.Id).Count() == calls.Count;

        // A refused answer must be omitted. The text before the refusal is sent back as plain text.
        if (reason == FinishReason.ContentFilter || (reason == FinishReason.ToolCalls && !areCallsNamed))
        {
            return [];
        }

        var results = blocks.Where(block => block.IsResult).Select(block => block.Id).ToHashSet();
        var kept = blocks.Where(CanGoBack)
            .Where(block => reason == FinishReason.ToolCalls || IsSettled(block, results))
            .Where(block => reason != FinishReason.Length || !IsUnsigned(block))
            .ToList();

        // An answer must not end with thinking.
        return [.. kept.Take(kept.FindLastIndex(block => !block.IsThinking) + 1).Select(block => block.Write())];
    }

    /// <summary>The blocks of a paused answer, from which the provider continues.</summary>
    public static IReadOnlyList<string> Pause(IReadOnlyList<ContentBlock> blocks) =>
        [.. blocks.Where(CanGoBack).Select(block => block.Write())];

    private static ToolCallPart Call(ContentBlock block) => block.Name.Length > 0 && RawJson.IsObject(block.Input)
        ? new ToolCallPart(block.Id ?? "", block.Name, block.Input)
        : throw new ModelException(ModelErrors.BrokenCall);

    /// <summary>Anthropic sends empty texts but refuses them in requests.</summary>
    private static bool CanGoBack(ContentBlock block) =>
        block.Type == "text" ? !string.IsNullOrWhiteSpace(block.Text("text"))
        : !block.IsCall || RawJson.IsObject(block.Input);

    /// <summary>A signature arrives last, so thinking without one was truncated.</summary>
    private static bool IsUnsigned(ContentBlock block) =>
        block.Type == "thinking" && block.Text("signature").Length == 0;

    /// <summary>
    /// A call without a result is refused: a truncated call, or a call of a provider that had not finished.
    /// </summary>
    private static bool IsSettled(ContentBlock block, HashSet<string?> results) =>
        !block.IsCall || (block.Type != "tool_use" && results.Contains(block.Id));
}
