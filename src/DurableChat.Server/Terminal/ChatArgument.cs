using System.CommandLine;

namespace DurableChat.Server.Terminal;

/// <summary>The argument that names a chat.</summary>
internal static class ChatArgument
{
    private const int MaxSuggestions = 20;

    public static Argument<string> Create() => new("CHAT") { Description = "The id of a chat; 'durablechat chats' lists them." };

    /// <summary>Adds shell completion with the ids of the most recently changed chats.</summary>
    public static void Complete<T>(Argument<T> argument, ClientOptions client) => argument.CompletionSources.Add(context => client.Complete(
        context.ParseResult,
        async (server, cancellationToken) => (await server.ListChatsAsync(MaxSuggestions, cancellationToken: cancellationToken)).Chats.Select(chat => chat.Id)).Select(id => new System.CommandLine.Completions.CompletionItem(id)));
}
