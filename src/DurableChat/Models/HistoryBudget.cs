using System.Numerics;
using System.Text;
using DurableChat.Chats;

namespace DurableChat.Models;

/// <summary>
/// Chooses how much of a history the model gets. Once the history is too long, its start moves in large steps rather
/// than every turn, because a provider's prompt cache, and reasoning that is bound to the preceding text, need a stable
/// start. Pure.
/// </summary>
public static class HistoryBudget
{
    /// <summary>
    /// Returns the newest messages that fit both limits, or at least about half of what would fit. They start with a
    /// user message, so that no answer or tool result lacks what it answers. The newest user message and everything
    /// after it are always included, whatever their size.
    /// </summary>
    /// <param name="history">The history, or the known end of it. At least about half of that is then returned.</param>
    /// <param name="maxMessages">The maximum number of messages.</param>
    /// <param name="maxBytes">The maximum size in bytes.</param>
    public static IReadOnlyList<Message> Choose(IReadOnlyList<Message> history, int maxMessages, long maxBytes)
    {
        ArgumentNullException.ThrowIfNull(history);

        // A history without its start was cut by another limit, such as the window's bytes, which moves with every
        // message. Its own size is then the limit.
        var isWhole = history.Count == 0 || history[0].PreviousId == 0;
        if (!isWhole)
        {
            (maxMessages, maxBytes) = (Math.Min(maxMessages, history.Count), Math.Min(maxBytes, history.Sum(SizeOf)));
        }

        // Possible starts of the prompt, newest first, as far as they fit.
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
    /// Of the starts that use at least half of the budget, returns the one whose id is divisible by the highest power
    /// of two. As the range moves, that start stays the choice until it falls out.
    /// </summary>
    private static int Steadiest(IReadOnlyList<Message> history, List<int> starts, int halfway)
    {
        var best = starts[^1];
        foreach (var start in starts.Skip(Math.Min(halfway, starts.Count - 1)))
        {
            // Later in this list is earlier in the history: of equal starts, the longer history wins.
            if (Steadiness(history, start) >= Steadiness(history, best))
            {
                best = start;
            }
        }

        return best;
    }

    /// <summary>
    /// A user message owns the ids from its own up to the next user message. The id among them with the most trailing
    /// zeros counts.
    /// </summary>
    private static int Steadiness(IReadOnlyList<Message> history, int start)
    {
        var first = history[start].Id;
        var end = start + 1;
        while (end < history.Count && history[end].Role != MessageRole.User)
        {
            end++;
        }

        // Ids of the newest turn must not count while it grows, or the choice would change within the turn.
        var last = end < history.Count ? history[end].Id - 1 : first;
        return first == last ? BitOperations.TrailingZeroCount(first) : BitOperations.Log2((ulong)((first - 1) ^ last));
    }

    private static long SizeOf(Message message) =>
        (message.Replay?.Length ?? 0) + message.Parts.Sum(part => (long)(part switch
        {
            ToolCallPart call => Encoding.UTF8.GetByteCount(call.Arguments) + call.Name.Length,
            ToolResultPart result => Encoding.UTF8.GetByteCount(result.Result),

            // Files that a model made are not sent back to it.
            FilePart => 0,
            _ => MessagePart.TextOf(part) is { } text ? Encoding.UTF8.GetByteCount(text) : 0,
        }));
}
