using DurableChat.Chats;

namespace DurableChat.Hooks;

/// <summary>A turn that is about to start. Immutable.</summary>
/// <param name="Chat">The chat: its owner, model and title.</param>
/// <param name="History">
/// The messages for the model, newest last. The newest one with role <see cref="MessageRole.User"/> is the question.
/// </param>
public sealed record TurnContext(Chat Chat, IReadOnlyList<Message> History);
