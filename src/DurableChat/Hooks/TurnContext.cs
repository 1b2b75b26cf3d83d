using DurableChat.Chats;

namespace DurableChat.Hooks;

/// <summary>A turn that is about to begin. Immutable.</summary>
/// <param name="Chat">The chat: its owner, model and title.</param>
/// <param name="History">The messages that the model is given, the newest last; the newest of role <see cref="MessageRole.User"/> is the question.</param>
public sealed record TurnContext(Chat Chat, IReadOnlyList<Message> History);
