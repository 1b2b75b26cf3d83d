using Microsoft.Extensions.AI;

namespace DurableChat.Client;

/// <summary>Gives programs that know <see cref="IChatClient"/> only chats that are durable.</summary>
public static class DurableChatClientExtensions
{
    /// <summary>
    /// An <see cref="IChatClient"/> over a server. What a program says becomes a message of a chat on the server, which keeps the history and generates the answer, also if the program goes away.
    /// <para>
    /// The chat is the one that <see cref="ChatOptions.ConversationId"/> names; without one, the one that the newest answer in the given messages came from, so that a program that hands back the whole
    /// history every time stays in its chat; else a new chat. Of the given messages only what follows the newest answer is sent.
    /// </para>
    /// <see cref="ChatOptions.ModelId"/> and <see cref="ChatOptions.Tools"/> count when a chat is created: the tools run in this program, and their calls come back as <see cref="FunctionCallContent"/>.
    /// Everything else in <see cref="ChatOptions"/> is the server's to decide, and is passed over. Thread-safe.
    /// </summary>
    /// <param name="client">The client.</param>
    /// <param name="options">How it behaves; null for the defaults.</param>
    public static IChatClient AsChatClient(this DurableChatClient client, DurableChatAdapterOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new Adapters.DurableChatAdapter(client, options ?? new DurableChatAdapterOptions());
    }
}
