using System.Text;
using DurableChat.Chats;

namespace DurableChat.Notifications;

/// <summary>Writes a commit as a notification that fits the channel.</summary>
internal static class NotificationWriter
{
    /// <summary>
    /// Writes as much of a commit as fits: everything, or everything except the messages, or only the hint without the
    /// state.
    /// </summary>
    public static string Write(Transition transition, string replica, int maxBytes)
    {
        ArgumentNullException.ThrowIfNull(transition);
        return Write(News.Of(transition, maxBytes), replica, maxBytes);
    }

    /// <summary>Writes as much of news as fits.</summary>
    public static string Write(News news, string replica, int maxBytes)
    {
        var hint = new Notification(
            Notification.PlainFormat,
            replica,
            news.Id.Value,
            news.Owner,
            news.Version,
            news.IsDeletion ? 0 : ToMicroseconds(news.CommittedAt),
            null,
            null)
        { CommitId = news.IsDeletion ? null : news.CommitId, Waits = news.Waits ? true : null };
        if (news.State is null)
        {
            return hint.Write();
        }

        var withState = hint with
        {
            State = news.State,
            Format = news.HasTools ? Notification.FormatWithoutTools : Notification.PlainFormat,
        };
        return (news.Messages is null ? null : Fits(withState with { Messages = news.Messages }, maxBytes))
            ?? Fits(withState, maxBytes)
            ?? hint.Write();
    }

    /// <summary>Writes a deletion.</summary>
    public static string WriteDeletion(ChatId id, string owner, string replica) =>
        Write(News.OfDeletion(id, owner), replica, int.MaxValue);

    private static string? Fits(Notification notification, int maxBytes)
    {
        var text = notification.Write();
        return Encoding.UTF8.GetByteCount(text) <= maxBytes ? text : null;
    }

    private static long ToMicroseconds(DateTimeOffset time) =>
        (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
}
