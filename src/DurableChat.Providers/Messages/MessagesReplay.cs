using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Providers.Http;

namespace DurableChat.Providers.Messages;

/// <summary>Decides what is kept of a whole answer. Pure.</summary>
internal static class MessagesReplay
{
    /// <summary>The calls of an answer that ended to have them run.</summary>
    /// <exception cref="ModelException">One of them cannot be run.</exception>
    public static IReadOnlyList<ToolCallPart> Calls(IReadOnlyList<ContentBlock> blocks) =>
    [
        .. blocks.Where(block => block.Type == "tool_use").Select(Call),
    ];

    /// <summary>The blocks that go back in later requests; none if the answer cannot go back as it came.</summary>
    public static IReadOnlyList<string> Keep(IReadOnlyList<ContentBlock> blocks, FinishReason reason)
    {
        var calls = blocks.Where(block => block.Type == "tool_use").ToList();
        var areCallsNamed = calls.TrueForAll(call => !string.IsNullOrEmpty(call.Id))
            && calls.DistinctBy(call => call.Id).Count() == calls.Count;

        // A refused answer is to be left out, and the words it had begun with go back as plain text.
        if (reason == FinishReason.ContentFilter || (reason == FinishReason.ToolCalls && !areCallsNamed))
        {
            return [];
        }

        var results = blocks.Where(block => block.IsResult).Select(block => block.Id).ToHashSet();
        var kept = blocks.Where(CanGoBack)
            .Where(block => reason == FinishReason.ToolCalls || IsSettled(block, results))
            .Where(block => reason != FinishReason.Length || !IsUnsigned(block))
            .ToList();

        // An answer must not end with thought.
        return [.. kept.Take(kept.FindLastIndex(block => !block.IsThinking) + 1).Select(block => block.Write())];
    }

    /// <summary>The blocks of a paused answer, with which the provider goes on.</summary>
    public static IReadOnlyList<string> Pause(IReadOnlyList<ContentBlock> blocks) =>
        [.. blocks.Where(CanGoBack).Select(block => block.Write())];

    private static ToolCallPart Call(ContentBlock block) => block.Name.Length > 0 && RawJson.IsObject(block.Input)
        ? new ToolCallPart(block.Id ?? "", block.Name, block.Input)
        : throw new ModelException(ModelErrors.BrokenCall);

    /// <summary>Anthropic sends empty texts and refuses them.</summary>
    private static bool CanGoBack(ContentBlock block) =>
        block.Type == "text" ? !string.IsNullOrWhiteSpace(block.Text("text"))
        : !block.IsCall || RawJson.IsObject(block.Input);

    /// <summary>A signature comes last: thought without one was cut off.</summary>
    private static bool IsUnsigned(ContentBlock block) => block.Type == "thinking" && block.Text("signature").Length == 0;

    /// <summary>
    /// A call that nothing answers is refused: one that was cut off, or one of a provider that had not finished.
    /// </summary>
    private static bool IsSettled(ContentBlock block, HashSet<string?> results) =>
        !block.IsCall || (block.Type != "tool_use" && results.Contains(block.Id));
}
