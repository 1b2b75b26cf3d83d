using DurableChat.Chats;
using DurableChat.Providers.Http;

namespace DurableChat.Providers.Messages;

/// <summary>
/// An answer over all of its rounds, since the provider may pause it and be asked to continue. Not thread-safe.
/// </summary>
internal sealed class MessagesTurn
{
    private readonly List<ContentBlock> _blocks = [];
    private readonly HashSet<(bool IsResult, string Id)> _ids = [];

    /// <summary>The blocks in order.</summary>
    public IReadOnlyList<ContentBlock> Blocks => _blocks;

    /// <summary>Separates blocks of reasoning where they are shown.</summary>
    public ReasoningPieces Reasoning { get; } = new();

    /// <summary>The usage of earlier rounds.</summary>
    public TokenUsage? UsageBefore { get; set; }

    /// <summary>Adds a block; false if the round repeats an earlier one.</summary>
    public bool Add(ContentBlock block)
    {
        if (block.Id is { Length: > 0 } id && block.Type != "tool_use" && !_ids.Add((block.IsResult, id)))
        {
            return false;
        }

        _blocks.Add(block);
        return true;
    }
}
