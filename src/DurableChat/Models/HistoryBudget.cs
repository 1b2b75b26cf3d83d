using System.Text;
using DurableChat.Chats;

namespace DurableChat.Models;

/// <summary>Chooses how much of a history the model is given. Pure.</summary>
public static class HistoryBudget
{
    /// <summary>
    /// The newest messages that fit both limits, from a user message on, so that no answer and no tool result stands without what it answers. The newest user
    /// message and all after it are given whatever their size.
    /// </summary>
    public static IReadOnlyList<Message> Choose(IReadOnlyList<Message> history, int maxMessages, int maxBytes)
    {
        ArgumentNullException.ThrowIfNull(history);
        var start = history.Count;
        long bytes = 0;
        for (var i = history.Count - 1; i >= 0; i--)
        {
            bytes += SizeOf(history[i]);
            if (start < history.Count && (bytes > maxBytes || history.Count - i > maxMessages))
            {
                break;
            }

            if (history[i].Role == MessageRole.User)
            {
                start = i;
            }
        }

        return [.. history.Skip(start)];
    }

    private static long SizeOf(Message message) => message.Parts.Sum(part => (long)(part switch
    {
        TextPart text => Encoding.UTF8.GetByteCount(text.Text),
        ToolCallPart call => Encoding.UTF8.GetByteCount(call.Arguments) + call.Name.Length,
        ToolResultPart result => Encoding.UTF8.GetByteCount(result.Result),
        _ => 0,
    }));
}
