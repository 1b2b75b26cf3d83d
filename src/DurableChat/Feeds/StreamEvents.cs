using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using DurableChat.Chats;
using DurableChat.Storage;

namespace DurableChat.Feeds;

/// <summary>Creates events: the only place where they are serialised.</summary>
internal static class StreamEvents
{
    public static MessageEvent Message(ChatId chat, long epoch, Message message, long publishedAt)
    {
        var position = new Position(epoch, message.Id, message.Generation, 0);
        var json = Serialize(
            new MessageEnvelope("message", chat.Value, position.ToString(), message), WireJson.Relaxed.MessageEnvelope);
        return new MessageEvent(message, position, json, publishedAt);
    }

    public static StreamEvent Part(ChatId chat, Position position, long firstSeq, MessagePart part, long publishedAt)
    {
        var text = position.ToString();
        var json = Serialize(
            new PartEnvelope("message_part", chat.Value, text, position.Generation, firstSeq, position.Seq, part),
            WireJson.Relaxed.PartEnvelope);
        return new StreamEvent(StreamEventType.MessagePart, text, json, publishedAt);
    }

    public static StreamEvent Status(Chat chat, long publishedAt) => new(
        StreamEventType.Status,
        null,
        Serialize(
            new StatusEnvelope(
                "status",
                chat.Id.Value,
                chat.Version,
                chat.Status,
                chat.Title,
                chat.CurrentModel,
                chat.Archived,
                chat.Fallback?.Model,
                GenerationSettings.OrNull(chat.Settings)),
            WireJson.Relaxed.StatusEnvelope),
        publishedAt);

    public static StreamEvent Queue(Chat chat, long publishedAt) => new(
        StreamEventType.QueueUpdate,
        null,
        Serialize(
            new QueueEnvelope("queue_update", chat.Id.Value, chat.Version, chat.Queue), WireJson.Relaxed.QueueEnvelope),
        publishedAt);

    public static StreamEvent Retry(Chat chat, RetryState retry, long publishedAt) => new(
        StreamEventType.Retry,
        null,
        Serialize(
            new RetryEnvelope(
                "retry",
                chat.Id.Value,
                chat.Version,
                retry.Attempt,
                retry.MaxAttempts,
                retry.RetryAt,
                retry.Error,
                retry.Model),
            WireJson.Relaxed.RetryEnvelope),
        publishedAt);

    public static StreamEvent Error(ChatId chat, long? version, ChatError error, long publishedAt) => new(
        StreamEventType.Error,
        null,
        Serialize(new ErrorEnvelope("error", chat.Value, version, error), WireJson.Relaxed.ErrorEnvelope),
        publishedAt);

    public static StreamEvent ActionRequired(Chat chat, long publishedAt) => new(
        StreamEventType.ActionRequired,
        null,
        Serialize(
            new ActionEnvelope("action_required", chat.Id.Value, chat.Version, chat.PendingToolCalls),
            WireJson.Relaxed.ActionEnvelope),
        publishedAt);

    public static StreamEvent Progress(ChatId chat, string callId, string text, long publishedAt) => new(
        StreamEventType.ToolProgress,
        null,
        Serialize(new ProgressEnvelope("tool_progress", chat.Value, callId, text), WireJson.Relaxed.ProgressEnvelope),
        publishedAt);

    public static StreamEvent HistoryReset(ChatId chat, long epoch)
    {
        var position = new Position(epoch, 0, 0, 0).ToString();
        return new StreamEvent(
            StreamEventType.HistoryReset,
            position,
            Serialize(
                new ResetEnvelope("history_reset", chat.Value, position, epoch, null), WireJson.Relaxed.ResetEnvelope),
            publishedAt: 0);
    }

    public static StreamEvent PreviewReset(ChatId chat, Position position)
    {
        var text = position.ToString();
        return new StreamEvent(
            StreamEventType.PreviewReset,
            text,
            Serialize(
                new ResetEnvelope("preview_reset", chat.Value, text, null, position.Generation),
                WireJson.Relaxed.ResetEnvelope),
            publishedAt: 0);
    }

    public static StreamEvent Chats(IReadOnlyList<ChatSummary> chats) =>
        new(
            StreamEventType.Chats,
            null,
            Serialize(new ChatsEnvelope("chats", chats), WireJson.Relaxed.ChatsEnvelope),
            publishedAt: 0);

    public static StreamEvent Chat(ChatSummary chat) =>
        new(
            StreamEventType.Chat,
            null,
            Serialize(new ChatEnvelope("chat", chat.Id.Value, chat), WireJson.Relaxed.ChatEnvelope),
            publishedAt: 0);

    public static StreamEvent ChatDeleted(ChatId chat) =>
        new(
            StreamEventType.ChatDeleted,
            null,
            Serialize(new ChatDeletedEnvelope("chat_deleted", chat.Value), WireJson.Relaxed.ChatDeletedEnvelope),
            publishedAt: 0);

    private static byte[] Serialize<T>(T envelope, JsonTypeInfo<T> type) =>
        JsonSerializer.SerializeToUtf8Bytes(envelope, type);
}
