namespace DurableChat.ScaleTest.Wire;

/// <summary>The events of a stream that the test knows.</summary>
internal enum WireEventType
{
    Other,
    Message,
    MessagePart,
    Status,
    HistoryReset,
    PreviewReset,
    Error,
}
