using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DurableChat.Chats;

namespace DurableChat.Storage;

/// <summary>
/// How stores write what they do not query by: message bodies and the inner state of a chat. One form for every store, so that a chat can move
/// between them. Members may be added, never renamed.
/// </summary>
public static class StoreJson
{
    /// <summary>Writes the body of a message: all but its ids, role and time.</summary>
    public static string WriteBody(Message message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var body = new MessageBody(
            message.Parts,
            message.Generation,
            message.Model,
            message.FinishReason,
            message.Usage,
            message.Replay,
            message.Instructions is [] ? null : message.Instructions,
            message.Settings,
            message.QueuedId);
        return JsonSerializer.Serialize(body, StoreJsonContext.Relaxed.MessageBody);
    }

    /// <summary>Reads what <see cref="WriteBody"/> wrote, and puts the message together.</summary>
    /// <exception cref="ChatDataException">The text is no message body.</exception>
    public static Message ReadMessage(long id, long previousId, MessageRole role, DateTimeOffset createdAt, string body)
    {
        var read = Read(body, StoreJsonContext.Relaxed.MessageBody, read => read.IsWhole());
        return new Message
        {
            Id = id,
            PreviousId = previousId,
            Role = role,
            CreatedAt = createdAt,
            Parts = read.Parts,
            Generation = read.Generation,
            Model = read.Model,
            FinishReason = read.FinishReason,
            Usage = read.Usage,
            Replay = read.Replay,
            Instructions = read.Instructions ?? [],
            Settings = read.Settings,
            QueuedId = read.QueuedId,
        };
    }

    /// <summary>Writes the inner state of a chat: what changes with a turn, and no query looks at.</summary>
    public static string WriteState(Chat chat)
    {
        ArgumentNullException.ThrowIfNull(chat);
        var state = new ChatState(
            chat.LastAssignedId,
            chat.Generation,
            chat.Attempt,
            chat.Step,
            chat.Retry,
            chat.Error,
            chat.PendingToolCalls,
            [.. chat.Queue.Select(queued => queued.Id)],
            [.. chat.Queue.Where(queued => queued.Urgent).Select(queued => queued.Id)],
            chat.LastQueuedId,
            chat.PendingCallOrigin,
            chat.Ancestors,
            chat.Usage,
            chat.TurnModel,
            chat.Fallback,
            chat.UncountedGenerations is [] ? null : chat.UncountedGenerations);
        return JsonSerializer.Serialize(state, StoreJsonContext.Relaxed.ChatState);
    }

    /// <summary>Puts the inner state back into a chat read from columns, with the rows of its queue in any order.</summary>
    /// <exception cref="ChatDataException">The text is no chat state, or a queued message is missing.</exception>
    public static Chat ReadState(Chat columns, string state, IEnumerable<QueuedMessage> queueRows)
    {
        ArgumentNullException.ThrowIfNull(columns);
        var read = Read(state, StoreJsonContext.Relaxed.ChatState, read => read.IsWhole());
        var rows = queueRows.ToDictionary(queued => queued.Id);
        return columns with
        {
            LastAssignedId = read.LastAssignedId,
            Generation = read.Generation,
            Attempt = read.Attempt,
            Step = read.Step,
            Retry = read.Retry,
            Error = read.Error,
            PendingToolCalls = read.PendingToolCalls,
            PendingCallOrigin = read.PendingCallOrigin,
            LastQueuedId = read.LastQueuedId,
            Ancestors = read.Ancestors ?? [],
            Usage = read.Usage,
            TurnModel = read.TurnModel,
            Fallback = read.Fallback,
            UncountedGenerations = read.UncountedGenerations ?? [],
            Queue = [.. read.QueueOrder.Select(id => rows.TryGetValue(id, out var queued)
                ? queued with { Urgent = read.UrgentQueued.Contains(id) }
                : throw new ChatDataException($"Queued message {id} of chat {columns.Id} is missing."))],
        };
    }

    /// <summary>Writes a text as a JSON string: databases do not agree on texts with a NUL inside.</summary>
    public static string WriteText(string text) => JsonSerializer.Serialize(text, StoreJsonContext.Relaxed.String);

    /// <summary>Reads what <see cref="WriteText"/> wrote.</summary>
    /// <exception cref="ChatDataException">The text is no JSON string.</exception>
    public static string ReadText(string json) => Read(json, StoreJsonContext.Relaxed.String, _ => true);

    /// <summary>Writes settings; null for none.</summary>
    public static string? WriteSettings(GenerationSettings? settings) =>
        settings is null ? null : JsonSerializer.Serialize(settings, StoreJsonContext.Relaxed.GenerationSettings);

    /// <summary>Reads what <see cref="WriteSettings"/> wrote.</summary>
    /// <exception cref="ChatDataException">The text is no settings.</exception>
    public static GenerationSettings? ReadSettings(string? json) =>
        json is null ? null : Read(json, StoreJsonContext.Relaxed.GenerationSettings, read => read.IsWhole);

    /// <summary>Writes the client-side tools of a chat.</summary>
    public static string WriteClientTools(IReadOnlyList<ClientTool> tools) =>
        JsonSerializer.Serialize(tools, StoreJsonContext.Relaxed.IReadOnlyListClientTool);

    /// <summary>Reads what <see cref="WriteClientTools"/> wrote.</summary>
    /// <exception cref="ChatDataException">The text is no list of tools.</exception>
    public static IReadOnlyList<ClientTool> ReadClientTools(string json) =>
        Read(json, StoreJsonContext.Relaxed.IReadOnlyListClientTool, read => read.All(tool => tool is { IsWhole: true }));

    /// <summary>JSON may leave out, or set to null, what a constructor demands; readers rely on what they get.</summary>
    private static T Read<T>(
        string json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, Func<T, bool> isWhole)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) is { } read && isWhole(read)
                ? read
                : throw new ChatDataException($"A stored {typeof(T).Name} is null, or lacks something.");
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            return LaterParts.Replace(json) is { } readable
                ? Read(readable, type, isWhole)
                : throw new ChatDataException($"A stored {typeof(T).Name} cannot be read.", exception);
        }
    }
}

internal sealed record MessageBody(
    IReadOnlyList<MessagePart> Parts,
    long Generation,
    string? Model,
    FinishReason? FinishReason,
    TokenUsage? Usage,
    Replay? Replay,
    IReadOnlyList<string>? Instructions,
    GenerationSettings? Settings = null,
    long? QueuedId = null)
{
    /// <summary>True if nothing is missing.</summary>
    public bool IsWhole() =>
        Parts?.All(MessagePart.IsWhole) == true
        && Instructions?.All(instruction => instruction is not null) != false
        && Replay is null or { IsWhole: true }
        && Settings is null or { IsWhole: true };
}

internal sealed record ChatState(
    long LastAssignedId,
    long Generation,
    int Attempt,
    int Step,
    RetryState? Retry,
    ChatError? Error,
    IReadOnlyList<ToolCallPart> PendingToolCalls,
    IReadOnlyList<long> QueueOrder,
    IReadOnlyList<long> UrgentQueued,
    long LastQueuedId,
    CallOrigin? PendingCallOrigin = null,
    IReadOnlyList<Guid>? Ancestors = null,
    TokenUsage? Usage = null,
    string? TurnModel = null,
    Fallback? Fallback = null,
    IReadOnlyList<long>? UncountedGenerations = null)
{
    /// <summary>True if nothing is missing.</summary>
    public bool IsWhole() =>
        PendingToolCalls?.All(MessagePart.IsWhole) == true
        && QueueOrder is not null
        && UrgentQueued is not null
        && Error is null or { IsWhole: true }
        && Retry is null or { Error.IsWhole: true }
        && Fallback is null or { Model: not null }
        && PendingCallOrigin is null or { Places: not null };
}

[JsonSerializable(typeof(MessageBody))]
[JsonSerializable(typeof(ChatState))]
[JsonSerializable(typeof(IReadOnlyList<ClientTool>))]
[JsonSerializable(typeof(GenerationSettings))]
[JsonSerializable(typeof(string))]
internal sealed partial class StoreJsonContext : JsonSerializerContext
{
    // The text goes into a database, never into HTML, so it need not escape half of the world's letters.
    public static StoreJsonContext Relaxed { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,

        // A database that takes JSON apart gives it back with the members in another order.
        AllowOutOfOrderMetadataProperties = true,

        // A later version may have written it.
        Converters = { new LaterEnumConverter<FinishReason>(Chats.FinishReason.Unknown) },
    });
}
