using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DurableChat.Chats;

namespace DurableChat.Notifications;

/// <summary>
/// A replica's notification of one commit. What does not fit into the channel's payload is omitted, messages first, and
/// the receiver then reads it from the store. A receiver that does not know the format version ignores the
/// notification, and its sync finds the change.
/// </summary>
/// <param name="Format">The format version: <see cref="PlainFormat"/> or <see cref="FormatWithoutTools"/>.</param>
/// <param name="Replica">The replica that committed.</param>
/// <param name="ChatId">The id of the chat.</param>
/// <param name="Owner">The owner of the chat.</param>
/// <param name="Version">The version that the commit made. 0 for a deletion.</param>
/// <param name="CommittedAt">
/// When it was committed, by the sender's clock: microseconds since 1970 (UTC). For measuring only.
/// </param>
/// <param name="State">The state at that version. Null if it is too large, or for a deletion.</param>
/// <param name="Messages">The appended messages. Null if they are too large.</param>
internal sealed record Notification(
    int Format,
    string Replica,
    string ChatId,
    string Owner,
    long Version,
    long CommittedAt,
    Chat? State,
    IReadOnlyList<Message>? Messages)
{
    /// <summary>The format with a complete state.</summary>
    public const int PlainFormat = 1;

    /// <summary>
    /// The format whose state lacks the client tools of its chat. They never change, and would leave no room for other
    /// data. Older programs do not know this format and must not: they would assume that the chat has no tools.
    /// </summary>
    public const int FormatWithoutTools = 2;

    /// <summary>True if the state lacks the chat's client tools.</summary>
    [JsonIgnore]
    public bool LacksTools => Format == FormatWithoutTools;

    /// <summary>The id of the commit. Null for a deletion, and from a replica of an older version.</summary>
    public Guid? CommitId { get; init; }

    /// <summary>
    /// True if the chat needs a worker and has no lease, otherwise null. It lets a receiver that does not get the state
    /// know that there is work.
    /// </summary>
    public bool? Waits { get; init; }

    /// <summary>The private data of <see cref="Messages"/>, which clients never get. Null if there is none.</summary>
    public IReadOnlyList<MessageSecret>? Secrets { get; init; }

    /// <summary>True if the chat was deleted.</summary>
    [JsonIgnore]
    public bool IsDeletion => Version == 0;

    /// <summary>Serialises the notification.</summary>
    public string Write()
    {
        MessageSecret[] secrets = [.. (Messages ?? [])
            .Where(message => message.Replay is not null || message.Instructions.Count > 0)
                .Select(message => new MessageSecret(message.Id, message.Replay, message.Instructions))];
        return JsonSerializer.Serialize(
            secrets.Length == 0 ? this : this with { Secrets = secrets }, NotificationJson.Compact.Notification);
    }

    /// <summary>Parses a notification. Null if it has another format or is invalid.</summary>
    public static Notification? Read(string payload) => Read(Encoding.UTF8.GetBytes(payload));

    /// <summary>Parses a notification. Null if it has another format or is invalid.</summary>
    public static Notification? Read(ReadOnlySpan<byte> payload)
    {
        try
        {
            return Parse(payload) is { Format: PlainFormat or FormatWithoutTools } read && read.IsWhole()
                ? read.WithSecrets()
                : null;
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or FormatException
            or ArgumentException)
        {
            return null;
        }
    }

    private static Notification? Parse(ReadOnlySpan<byte> payload)
    {
        try
        {
            return JsonSerializer.Deserialize(payload, NotificationJson.Compact.Notification);
        }
        catch (JsonException exception)
        {
            return LaterParts.Replace(Encoding.UTF8.GetString(payload)) is { } readable
                ? JsonSerializer.Deserialize(readable, NotificationJson.Compact.Notification)
                : throw new JsonException(null, exception);
        }
    }

    private Notification WithSecrets()
    {
        if (Secrets is null || Messages is null)
        {
            return this;
        }

        var secrets = Secrets.ToDictionary(secret => secret.Id);
        return this with
        {
            Messages = [.. Messages.Select(message => secrets.TryGetValue(message.Id, out var secret)
                ? message with { Replay = secret.Replay, Instructions = secret.Instructions }
                : message)],
        };
    }

    /// <summary>
    /// True if all parts belong to the same commit and none is missing. JSON can omit required values or set them to
    /// null, but the receiver relies on them.
    /// </summary>
    private bool IsWhole() =>
        Replica is not null && Owner is not null && Version >= 0
        && (!LacksTools || State is null or { ClientTools.Count: 0 })
        && (State is null
            || (IsWhole(State) && State.Id.Value == ChatId && State.Version == Version && State.Owner == Owner))
        && (Secrets is null || Secrets.All(
            secret => secret is { Instructions: not null } && secret.Replay is null or { IsWhole: true }))
        && (Secrets is null || Secrets.DistinctBy(secret => secret.Id).Count() == Secrets.Count)
        && (Messages is null
            || (State is not null
            && Messages.All(IsWhole)
            && FollowOneAnother(Messages)
            && (Messages.Count == 0 || Messages[^1].Id <= State.LastMessageId)));

    private static bool IsWhole(Chat chat) =>
        chat is
        {
            Title: not null,
            Model: not null,
            Queue: not null,
            PendingToolCalls: not null,
            ClientTools: not null,
            Version: > 0,
            Epoch: > 0,
            LastMessageId: >= 0,
            Generation: >= 0,
        }
        && Enum.IsDefined(chat.Status)
        && chat.Lease is null or { Replica: not null }
        && chat.Error is null or { IsWhole: true }
        && chat.Retry is null or { Error.IsWhole: true }
        && chat.Fallback is null or { Model: not null }
        && chat.ClientTools.All(tool => tool is { IsWhole: true })
        && chat.Queue.All(queued => queued is { Content: not null })
        && chat.PendingToolCalls.All(MessagePart.IsWhole)
        && (chat.PendingCallOrigin is null || chat.PendingCallOrigin.Places?.Count == chat.PendingToolCalls.Count);

    private static bool IsWhole(Message? message) => message is { Parts: not null, Id: > 0, PreviousId: >= 0 }
        && message.PreviousId < message.Id
        && Enum.IsDefined(message.Role)
        && message.Parts.All(MessagePart.IsWhole);

    private static bool FollowOneAnother(IReadOnlyList<Message> messages) =>
        messages.Skip(1).Select((message, before) => message.PreviousId == messages[before].Id).All(follows => follows);
}

/// <summary>The private data of a message. It is never sent to clients.</summary>
/// <param name="Id">The id of the message.</param>
/// <param name="Replay">The answer exactly as its provider sent it.</param>
/// <param name="Instructions">The hooks' instructions directly before it.</param>
internal sealed record MessageSecret(long Id, Replay? Replay, IReadOnlyList<string> Instructions);

[JsonSerializable(typeof(Notification))]
internal sealed partial class NotificationJson : JsonSerializerContext
{
    public static NotificationJson Compact { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters =
        {
            new LaterEnumConverter<ChatStatus>(Chats.ChatStatus.Unknown),
            new LaterEnumConverter<MessageRole>(Chats.MessageRole.Unknown),
            new LaterEnumConverter<FinishReason>(Chats.FinishReason.Unknown),
        },
    });
}
