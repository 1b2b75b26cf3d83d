using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Models;
using DurableChat.Storage;

namespace DurableChat.AspNetCore;

/// <summary>A chat with everything except its history.</summary>
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
    /// The total usage of the chat's model calls, including failed and stopped ones; null if no provider reported any.
    /// </summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>The default settings for future messages; null for the model's own settings.</summary>
    public GenerationSettings? Settings { get; init; }

    /// <summary>
    /// The model that answers the present turn because <see cref="Model"/> failed; null if no fallback is active.
    /// </summary>
    public string? FallbackModel { get; init; }

    /// <summary>Creates the response from a chat's state.</summary>
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

/// <summary>The result of a command.</summary>
/// <param name="ChatId">The chat.</param>
/// <param name="Version">The version that the command created.</param>
/// <param name="Status">The chat's status after the command.</param>
/// <param name="MessageId">The user message that was added to the history, if any.</param>
/// <param name="QueuedId">The message that was added to the queue, if any.</param>
public sealed record CommandResponse(ChatId ChatId, long Version, ChatStatus Status, long? MessageId = null, long? QueuedId = null)
{
    /// <summary>Creates the response from a transition.</summary>
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
/// <param name="Chats">The chats, most recently changed first.</param>
/// <param name="NextCursor">Send this as the cursor to get the next page; null on the last page.</param>
public sealed record ChatListResponse(IReadOnlyList<ChatSummary> Chats, string? NextCursor);

/// <summary>A page of a history.</summary>
/// <param name="Epoch">The history epoch; pages of different epochs do not belong together.</param>
/// <param name="LastMessageId">The newest message of the chat.</param>
/// <param name="Messages">The messages, in ascending order of id.</param>
/// <param name="HasMore">True if there are more messages in the requested direction.</param>
public sealed record MessagesResponse(long Epoch, long LastMessageId, IReadOnlyList<Message> Messages, bool HasMore);

/// <summary>The models of the server.</summary>
/// <param name="Models">The models, the default first.</param>
public sealed record ModelsResponse(IReadOnlyList<ModelResponse> Models);

/// <summary>A model.</summary>
/// <param name="Name">The name that chats refer to it by.</param>
/// <param name="Description">A description for people.</param>
/// <param name="IsDefault">True for the model of chats that do not choose one.</param>
/// <param name="Allow">Which settings chats and messages may choose, and within which bounds.</param>
public sealed record ModelResponse(string Name, string? Description, bool IsDefault, AllowedSettings Allow);

/// <summary>The chats that a replica has in memory.</summary>
/// <param name="Replica">The name under which it holds leases.</param>
/// <param name="Count">How many feeds it has.</param>
/// <param name="Bytes">The memory of all feeds, in bytes.</param>
/// <param name="InDoubt">How many feeds serve nothing until their state is loaded.</param>
/// <param name="LeasesWithoutRun">
/// How many leased chats this replica did not drive when leases and runs were last compared.
/// </param>
/// <param name="OldestTurnSeconds">The age of the oldest turn that this replica drives; 0 if there is none.</param>
/// <param name="Feeds">The feeds, those with the most subscribers first, without their cursors.</param>
public sealed record FeedListResponse(string Replica, int Count, long Bytes, int InDoubt, int LeasesWithoutRun, double OldestTurnSeconds, IReadOnlyList<FeedReport> Feeds);

/// <summary>The replicas of a cluster.</summary>
/// <param name="Replica">The replica that answers.</param>
/// <param name="LeaseSeconds">How old a heartbeat may be before others take the replica's chats.</param>
/// <param name="Replicas">The replicas, most recent heartbeat first.</param>
public sealed record ReplicaListResponse(string Replica, double LeaseSeconds, IReadOnlyList<ReplicaResponse> Replicas);

/// <summary>A replica.</summary>
/// <param name="Id">The name under which it holds leases.</param>
/// <param name="Address">The address at which other replicas reach it.</param>
/// <param name="Alive">False once its heartbeat is older than a lease.</param>
/// <param name="HeartbeatAgeSeconds">The age of its last heartbeat, by the database's clock.</param>
/// <param name="Leases">How many chats it drives.</param>
public sealed record ReplicaResponse(string Id, string? Address, bool Alive, double HeartbeatAgeSeconds, int Leases);
