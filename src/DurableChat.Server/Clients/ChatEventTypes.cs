namespace DurableChat.Server.Clients;

/// <summary>The types of events, as the wire names them.</summary>
internal static class ChatEventTypes
{
    public const string Message = "message";
    public const string MessagePart = "message_part";
    public const string Status = "status";
    public const string QueueUpdate = "queue_update";
    public const string HistoryReset = "history_reset";
    public const string PreviewReset = "preview_reset";
    public const string Retry = "retry";
    public const string Error = "error";
    public const string ActionRequired = "action_required";
}
