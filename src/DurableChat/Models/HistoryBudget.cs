using System.Numerics;
using System.Text;
using DurableChat.Chats;

namespace DurableChat.Models;

/// <summary>
/// Chooses how much of a history the model is given. Once the history is too long, its beginning moves in large steps and not with every
/// turn: a provider's prompt cache, and reasoning that is bound to what stands before it, need a beginning that stays. Pure.
/// </summary>
public static class HistoryBudget
{
    /// <summary>
    /// The newest messages that fit both limits, or at least about half of what would fit, beginning with a user message, so that no answer
    /// and no tool result stands without what it answers. The newest user message and all after it are given whatever their size.
    /// </summary>
    /// <param name="history">The history, or as much of its end as is known: then at least about half of that is given.</param>
    /// <param name="maxMessages">How many messages at most.</param>
    /// <param name="maxBytes">How many bytes at most.</param>
    public static IReadOnlyList<Message> Choose(IReadOnlyList<Message> history, int maxMessages, long maxBytes)
    {
        ArgumentNullException.ThrowIfNull(history);

        // What lacks its beginning was cut by another limit, such as the window's bytes, which moves with every
        // message. Its own size is the limit then.
        var isWhole = history.Count == 0 || history[0].PreviousId == 0;
        if (!isWhole)
        {
            (maxMessages, maxBytes) = (Math.Min(maxMessages, history.Count), Math.Min(maxBytes, history.Sum(SizeOf)));
        }

        // Places at which the prompt may begin, the newest first, as far as they fit.
        var (starts, halfway) = (new List<int>(), 0);
        long bytes = 0;
        for (var i = history.Count - 1; i >= 0; i--)
        {
            bytes += SizeOf(history[i]);
            var count = history.Count - i;
            if (starts.Count > 0 && (bytes > maxBytes || count > maxMessages))
            {
                return [.. history.Skip(Steadiest(history, starts, halfway))];
            }

            if (history[i].Role == MessageRole.User)
            {
                starts.Add(i);
                if (count * 2 <= maxMessages && bytes * 2 <= maxBytes)
                {
                    halfway = starts.Count;
                }
            }
        }

        return starts.Count == 0 ? [] : [.. history.Skip(isWhole ? starts[^1] : Steadiest(history, starts, halfway))];
    }

    /// <summary>
    /// Of the places that leave at least half of the budget in use, the one whose id is divisible by the highest power of two: as the range
    /// moves on, it stays the choice until it falls out.
    /// </summary>
    private static int Steadiest(IReadOnlyList<Message> history, List<int> starts, int halfway)
    {
        var best = starts[^1];
        foreach (var start in starts.Skip(Math.Min(halfway, starts.Count - 1)))
        {
            // Later in this list is earlier in the history: among equals the longer history wins.
            if (Steadiness(history, start) >= Steadiness(history, best))
            {
                best = start;
            }
        }

        return best;
    }

    /// <summary>A user message owns the ids from its own up to the next: one of them has the most zeros at its end.</summary>
    private static int Steadiness(IReadOnlyList<Message> history, int start)
    {
        var first = history[start].Id;
        var end = start + 1;
        while (end < history.Count && history[end].Role != MessageRole.User)
        {
            end++;
        }

        // While the newest turn grows, its ids must not count, or the choice would change within the turn.
        var last = end < history.Count ? history[end].Id - 1 : first;
        return first == last ? BitOperations.TrailingZeroCount(first) : BitOperations.Log2((ulong)((first - 1) ^ last));
    }

    private static long SizeOf(Message message) => (message.Replay?.Length ?? 0) + message.Parts.Sum(part => (long)(part switch
    {
        ToolCallPart call => Encoding.UTF8.GetByteCount(call.Arguments) + call.Name.Length,
        ToolResultPart result => Encoding.UTF8.GetByteCount(result.Result),

        // What a model made is not sent back to it.
        FilePart => 0,
        _ => MessagePart.TextOf(part) is { } text ? Encoding.UTF8.GetByteCount(text) : 0,
    }));
}
