using System.Text;
using DurableChat.Chats;

namespace DurableChat.Notifications;

/// <summary>Writes a commit as a notification that fits the channel.</summary>
internal static class NotificationWriter
{
    /// <summary>Writes as much of a commit as fits: all of it, else without the messages, else without the state.</summary>
    public static string Write(Transition transition, string replica, int maxBytes, bool isInline)
    {
        ArgumentNullException.ThrowIfNull(transition);
        var chat = transition.Next;
        var hint = new Notification(Notification.CurrentFormat, replica, chat.Id.Value, chat.Owner, chat.Version, ToMicroseconds(chat.UpdatedAt), null, null);

        // The tools of the client never change, so whoever needs them reads the chat anyhow.
        var withState = hint with { State = chat };
        if (isInline && Fits(withState with { Messages = transition.Appended }, maxBytes) is { } whole)
        {
            return whole;
        }

        return Fits(withState, maxBytes) ?? hint.Write();
    }

    /// <summary>Writes a deletion.</summary>
    public static string WriteDeletion(ChatId id, string owner, string replica) =>
        new Notification(Notification.CurrentFormat, replica, id.Value, owner, 0, 0, null, null).Write();

    /// <summary>How many characters of content a commit holds: those of its messages and of the queue behind them.</summary>
    public static long CharsOf(Transition transition)
    {
        ArgumentNullException.ThrowIfNull(transition);
        return CharsOf(transition.Appended) + transition.Next.Queue.Sum(queued => (long)queued.Content.Length);
    }

    private static string? Fits(Notification notification, int maxBytes)
    {
        // A rough look first: writing a megabyte in order to find it too large is a waste.
        if (notification.Messages is { } messages && CharsOf(messages) > maxBytes)
        {
            return null;
        }

        var text = notification.Write();
        return Encoding.UTF8.GetByteCount(text) <= maxBytes ? text : null;
    }

    private static long CharsOf(IReadOnlyList<Message> messages) => messages.Sum(message => message.Parts.Sum(CharsOf));

    private static long CharsOf(MessagePart part) => part switch
    {
        TextPart text => text.Text.Length,
        ReasoningPart reasoning => reasoning.Text.Length,
        ToolCallPart call => call.Arguments.Length,
        ToolResultPart result => result.Result.Length,
        _ => 0,
    };

    private static long ToMicroseconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
}
