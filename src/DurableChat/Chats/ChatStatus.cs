using System.Text.Json.Serialization;

namespace DurableChat.Chats;

/// <summary>
/// What a chat is doing.
/// <code>
///            create, send, edit                 client-side tool call
/// (new) ───────────────────────▶ running ──────────────────────────▶ requires_action
///                    ▲            │  │ │                                    │
///                    │  interrupt │  │ └── fail ──▶ error                   │ tool results, send
///                    │            ▼  │                │ send, edit          ▼
///                    │  interrupting │                └──────────────▶ running
///                    │            │  │ finish turn
///   queue not empty  │            ▼  ▼
///                    └─────────── waiting
/// </code>
/// </summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<ChatStatus>))]
public enum ChatStatus
{
    /// <summary>No turn is running. The chat waits for the user.</summary>
    Waiting,

    /// <summary>A turn is running, or waits for a worker to take it.</summary>
    Running,

    /// <summary>A stop was requested, but the lease holder has not ended the turn yet.</summary>
    Interrupting,

    /// <summary>
    /// The model called tools that only the client can run. The turn continues when their results arrive.
    /// </summary>
    RequiresAction,

    /// <summary>
    /// The last turn failed. <see cref="Chat.Error"/> says why. The queue is paused until the next message is sent.
    /// </summary>
    Error,

    /// <summary>
    /// A status that only a later version of the program knows. This version shows the chat but does not change it.
    /// </summary>
    Unknown,
}
