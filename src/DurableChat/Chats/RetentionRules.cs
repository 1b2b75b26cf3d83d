namespace DurableChat.Chats;

/// <summary>Which chats are due to be deleted by themselves.</summary>
internal static class RetentionRules
{
    /// <summary>True for a chat that is put away, that nobody drives, and that was left unchanged for the time.</summary>
    public static bool IsDue(Chat chat, DateTimeOffset now, TimeSpan archivedAfter) =>
        chat.Archived && !chat.NeedsWorker && chat.UpdatedAt <= now - archivedAfter;
}
