using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DurableChat.Chats;

namespace DurableChat.Notifications;

/// <summary>
/// What a replica tells the others of one commit. What does not fit into the channel's payload is left out, messages first: the receiver then reads them. A receiver that does
/// not know the format version ignores the notification; its sync finds the change.
/// </summary>
/// <param name="Format">The version of this form.</param>
/// <param name="Replica">Who committed.</param>
/// <param name="ChatId">To which chat.</param>
/// <param name="Owner">Whose chat.</param>
/// <param name="Version">The version the commit made; for a deletion, 0.</param>
/// <param name="CommittedAt">When, by the sender's clock: microseconds since 1970 (UTC). For measuring only.</param>
/// <param name="State">The whole state at that version; null if it is too large, or for a deletion.</param>
/// <param name="Messages">What was appended; null if it is too large.</param>
internal sealed record Notification(
    int Format, string Replica, string ChatId, string Owner, long Version, long CommittedAt, Chat? State, IReadOnlyList<Message>? Messages)
{
    /// <summary>The form that this program writes and reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>True if the chat was deleted.</summary>
    [JsonIgnore]
    public bool IsDeletion => Version == 0;

    /// <summary>Writes it.</summary>
    public string Write() => JsonSerializer.Serialize(this, NotificationJson.Compact.Notification);

    /// <summary>Reads one; null if it is of another form or none at all.</summary>
    public static Notification? Read(string payload)
    {
        try
        {
            return JsonSerializer.Deserialize(payload, NotificationJson.Compact.Notification) is { Format: CurrentFormat } read && read.IsWhole() ? read : null;
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Its parts speak of one and the same commit, and none is missing: JSON may leave out, or set to null, what a constructor demands, and the receiver must be able to rely on what it gets.</summary>
    private bool IsWhole() =>
        Replica is not null && Owner is not null && Version >= 0
        && (State is null || (IsWhole(State) && State.Id.Value == ChatId && State.Version == Version && State.Owner == Owner))
        && (Messages is null || (State is not null && Messages.All(IsWhole) && FollowOneAnother(Messages)));

    private static bool IsWhole(Chat chat) =>
        chat is { Title: not null, Model: not null, Queue: not null, PendingToolCalls: not null, ClientTools: not null, Version: > 0, Epoch: > 0, LastMessageId: >= 0, Generation: >= 0 }
        && Enum.IsDefined(chat.Status)
        && chat.Lease is null or { Replica: not null }
        && chat.Error is null or { Code: not null, Message: not null }
        && chat.Queue.All(queued => queued is { Content: not null })
        && chat.PendingToolCalls.All(MessagePart.IsWhole);

    private static bool IsWhole(Message? message) => message is { Parts: not null, Id: > 0, PreviousId: >= 0 } && message.PreviousId < message.Id && Enum.IsDefined(message.Role) && message.Parts.All(MessagePart.IsWhole);

    private static bool FollowOneAnother(IReadOnlyList<Message> messages) => messages.Skip(1).Select((message, before) => message.PreviousId == messages[before].Id).All(follows => follows);
}

[JsonSerializable(typeof(Notification))]
internal sealed partial class NotificationJson : JsonSerializerContext
{
    public static NotificationJson Compact { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
