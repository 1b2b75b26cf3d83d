namespace DurableChat.Chats;

/// <summary>Rules for the automatic deletion of chats.</summary>
internal static class RetentionRules
{
    /// <summary>True if the chat is archived, no worker drives it, and it has not changed for the given time.</summary>
    public static bool IsDue(Chat chat, DateTimeOffset now, TimeSpan archivedAfter) =>
        chat.Archived && !chat.NeedsWorker && chat.UpdatedAt <= now - archivedAfter;
}
