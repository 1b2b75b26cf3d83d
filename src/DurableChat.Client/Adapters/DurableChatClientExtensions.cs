using Microsoft.Extensions.AI;

namespace DurableChat.Client;

/// <summary>Adapts the client to <see cref="IChatClient"/>, for programs that use that interface.</summary>
public static class DurableChatClientExtensions
{
    /// <summary>
    /// An <see cref="IChatClient"/> for a server. The program's messages become messages of a chat on the server. The
    /// server keeps the history and generates the answer, even if the program disconnects.
    /// <para>
    /// The chat is chosen in this order: the one that <see cref="ChatOptions.ConversationId"/> names, then the one that
    /// the newest answer in the given messages came from, and otherwise a new chat. So a program that passes the whole
    /// history each time stays in its chat. Only the messages after the newest answer are sent.
    /// </para>
    /// <see cref="ChatOptions.ModelId"/> and <see cref="ChatOptions.Tools"/> are used when a chat is created. The tools
    /// run in this program, and their calls are returned as <see cref="FunctionCallContent"/>. The options decide about
    /// instructions and settings such as the temperature. Everything else in <see cref="ChatOptions"/> is ignored.
    /// Thread-safe.
    /// </summary>
    /// <param name="client">The client.</param>
    /// <param name="options">The options. Null for the defaults.</param>
    public static IChatClient AsChatClient(this DurableChatClient client, DurableChatAdapterOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new Adapters.DurableChatAdapter(client, options ?? new DurableChatAdapterOptions());
    }
}
