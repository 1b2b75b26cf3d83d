using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DurableChat.Chats;

namespace DurableChat.Storage;

/// <summary>
/// How stores serialise what they do not query: message bodies and the inner state of a chat. All stores use the same
/// form, so that a chat can move between them. Members may be added, but never renamed.
/// </summary>
public static class StoreJson
{
    /// <summary>Writes the body of a message: everything except its ids, role and time.</summary>
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

    /// <summary>Reads the output of <see cref="WriteBody"/> and assembles the message.</summary>
    /// <exception cref="ChatDataException">The text is not a valid message body.</exception>
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

    /// <summary>Writes the inner state of a chat: what changes with a turn and is not queried.</summary>
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
            chat.UncountedGenerations is [] ? null : chat.UncountedGenerations,
            chat.Handovers == 0 ? null : chat.Handovers);
        return JsonSerializer.Serialize(state, StoreJsonContext.Relaxed.ChatState);
    }

    /// <summary>
    /// Restores the inner state of a chat that was read from columns. The rows of its queue may be in any order.
    /// </summary>
    /// <exception cref="ChatDataException">
    /// The text is not a valid chat state, or a queued message is missing.
    /// </exception>
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
            Handovers = read.Handovers ?? 0,
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

    /// <summary>Writes a text as a JSON string, because databases treat NULs in texts differently.</summary>
    public static string WriteText(string text) => JsonSerializer.Serialize(text, StoreJsonContext.Relaxed.String);

    /// <summary>Reads the output of <see cref="WriteText"/>.</summary>
    /// <exception cref="ChatDataException">The text is not a valid JSON string.</exception>
    public static string ReadText(string json) => Read(json, StoreJsonContext.Relaxed.String, _ => true);

    /// <summary>Writes settings. Null for none.</summary>
    public static string? WriteSettings(GenerationSettings? settings) =>
        settings is null ? null : JsonSerializer.Serialize(settings, StoreJsonContext.Relaxed.GenerationSettings);

    /// <summary>Reads the output of <see cref="WriteSettings"/>.</summary>
    /// <exception cref="ChatDataException">The text is not valid settings.</exception>
    public static GenerationSettings? ReadSettings(string? json) =>
        json is null ? null : Read(json, StoreJsonContext.Relaxed.GenerationSettings, read => read.IsWhole);

    /// <summary>Writes the client-side tools of a chat.</summary>
    public static string WriteClientTools(IReadOnlyList<ClientTool> tools) =>
        JsonSerializer.Serialize(tools, StoreJsonContext.Relaxed.IReadOnlyListClientTool);

    /// <summary>Reads the output of <see cref="WriteClientTools"/>.</summary>
    /// <exception cref="ChatDataException">The text is not a valid list of tools.</exception>
    public static IReadOnlyList<ClientTool> ReadClientTools(string json) =>
        Read(
            json,
            StoreJsonContext.Relaxed.IReadOnlyListClientTool,
            read => read.All(tool => tool is { IsWhole: true }));

    /// <summary>
    /// JSON can omit values that a constructor requires, or set them to null. Readers rely on complete values.
    /// </summary>
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
    /// <summary>False if a required value is missing.</summary>
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
    IReadOnlyList<long>? UncountedGenerations = null,
    int? Handovers = null)
{
    /// <summary>False if a required value is missing.</summary>
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
    // The text goes into a database, never into HTML, so non-ASCII letters need no escaping.
    public static StoreJsonContext Relaxed { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,

        // A database that parses JSON may return its members in another order.
        AllowOutOfOrderMetadataProperties = true,

        // A later version may have written it.
        Converters = { new LaterEnumConverter<FinishReason>(Chats.FinishReason.Unknown) },
    });
}
