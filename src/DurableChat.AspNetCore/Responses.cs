using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Models;
using DurableChat.Storage;

namespace DurableChat.AspNetCore;

/// <summary>A chat with all that is not history.</summary>
public sealed record ChatResponse(
    ChatId Id,
    string Title,
    string Model,
    ChatStatus Status,
    bool Archived,
    long Version,
    long Epoch,
    long LastMessageId,
    IReadOnlyList<QueuedMessage> Queue,
    IReadOnlyList<ToolCallPart> PendingToolCalls,
    RetryState? Retry,
    ChatError? Error,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    /// <summary>
    /// What all model calls of the chat have cost, failed and stopped ones included; null if no provider said.
    /// </summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>
    /// How messages still to come are answered, unless they say otherwise; null for the model's own settings.
    /// </summary>
    public GenerationSettings? Settings { get; init; }

    /// <summary>The model that answers the present turn in place of <see cref="Model"/>, which failed; null if none does.</summary>
    public string? FallbackModel { get; init; }

    /// <summary>The response for a state.</summary>
    public static ChatResponse Of(Chat chat)
    {
        ArgumentNullException.ThrowIfNull(chat);
        return new ChatResponse(
            chat.Id,
            chat.Title,
            chat.CurrentModel,
            chat.Status,
            chat.Archived,
            chat.Version,
            chat.Epoch,
            chat.LastMessageId,
            chat.Queue,
            chat.PendingToolCalls,
            chat.Retry,
            chat.Error,
            chat.CreatedAt,
            chat.UpdatedAt)
        {
            Usage = chat.Usage,
            Settings = chat.Settings,
            FallbackModel = chat.Fallback?.Model,
        };
    }
}

/// <summary>What a command did.</summary>
/// <param name="ChatId">To which chat.</param>
/// <param name="Version">The version it made.</param>
/// <param name="Status">The status after it.</param>
/// <param name="MessageId">The user message that is now in the history, if there is one.</param>
/// <param name="QueuedId">The message that now waits in the queue, if there is one.</param>
public sealed record CommandResponse(ChatId ChatId, long Version, ChatStatus Status, long? MessageId = null, long? QueuedId = null)
{
    /// <summary>The response for a transition.</summary>
    public static CommandResponse Of(Transition transition)
    {
        ArgumentNullException.ThrowIfNull(transition);
        return new CommandResponse(
            transition.Next.Id,
            transition.Next.Version,
            transition.Next.Status,
            transition.Appended.LastOrDefault(message => message.Role == MessageRole.User)?.Id,
            transition.Enqueued is [.., var queued] && transition.Next.Queue.Contains(queued) ? queued.Id : null);
    }
}

/// <summary>A page of an owner's chats.</summary>
/// <param name="Chats">The chats, those changed last first.</param>
/// <param name="NextCursor">To be handed back for the next page; null on the last one.</param>
public sealed record ChatListResponse(IReadOnlyList<ChatSummary> Chats, string? NextCursor);

/// <summary>A page of a history.</summary>
/// <param name="Epoch">The history epoch; pages of different epochs do not belong together.</param>
/// <param name="LastMessageId">The newest message of the chat.</param>
/// <param name="Messages">The messages, ids ascending.</param>
/// <param name="HasMore">True if there are more in the direction that was asked for.</param>
public sealed record MessagesResponse(long Epoch, long LastMessageId, IReadOnlyList<Message> Messages, bool HasMore);

/// <summary>The models of the server.</summary>
/// <param name="Models">The models, the default first.</param>
public sealed record ModelsResponse(IReadOnlyList<ModelResponse> Models);

/// <summary>A model.</summary>
/// <param name="Name">What chats name it by.</param>
/// <param name="Description">What it is, for people.</param>
/// <param name="IsDefault">True for the model of chats that name none.</param>
/// <param name="Allow">Which settings chats and messages may choose, each within its bounds.</param>
public sealed record ModelResponse(string Name, string? Description, bool IsDefault, AllowedSettings Allow);

/// <summary>What one replica has in memory of chats.</summary>
/// <param name="Replica">The name under which it holds leases.</param>
/// <param name="Count">How many feeds it has.</param>
/// <param name="Bytes">What all of them hold.</param>
/// <param name="InDoubt">How many of them serve nothing until their state is loaded.</param>
/// <param name="LeasesWithoutRun">How many chats this replica held the lease of without driving them, when leases and runs were last compared.</param>
/// <param name="OldestTurnSeconds">The age of the oldest turn that it drives; 0 if it drives none.</param>
/// <param name="Feeds">Those with most subscribers first, without their cursors.</param>
public sealed record FeedListResponse(string Replica, int Count, long Bytes, int InDoubt, int LeasesWithoutRun, double OldestTurnSeconds, IReadOnlyList<FeedReport> Feeds);

/// <summary>The replicas of a cluster.</summary>
/// <param name="Replica">The one that answers.</param>
/// <param name="LeaseSeconds">How old a heartbeat may be before others take the replica's chats.</param>
/// <param name="Replicas">Those heard of last first.</param>
public sealed record ReplicaListResponse(string Replica, double LeaseSeconds, IReadOnlyList<ReplicaResponse> Replicas);

/// <summary>A replica.</summary>
/// <param name="Id">The name under which it holds leases.</param>
/// <param name="Address">Where other replicas reach it.</param>
/// <param name="Alive">False once its heartbeat is older than a lease.</param>
/// <param name="HeartbeatAgeSeconds">How long ago its last heartbeat was, by the database's clock.</param>
/// <param name="Leases">How many chats it drives.</param>
public sealed record ReplicaResponse(string Id, string? Address, bool Alive, double HeartbeatAgeSeconds, int Leases);
