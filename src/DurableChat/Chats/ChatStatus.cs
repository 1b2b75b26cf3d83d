using System.Text.Json.Serialization;

namespace DurableChat.Chats;

/// <summary>
/// Where a chat stands.
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
    /// <summary>Nothing is running; the chat waits for the user.</summary>
    Waiting,

    /// <summary>A turn is running, or waits for a worker to take it.</summary>
    Running,

    /// <summary>A stop was asked for; the lease holder has not ended the turn yet.</summary>
    Interrupting,

    /// <summary>The model called tools that only the client can run; the turn goes on when their results come.</summary>
    RequiresAction,

    /// <summary>The last turn failed; <see cref="Chat.Error"/> says why. The queue rests until the next send.</summary>
    Error,

    /// <summary>A state of a later version of the program, which this one does not know. It is shown, and only that
    /// version changes it.</summary>
    Unknown,
}
