using DurableChat.AspNetCore;
using DurableChat.Storage;

namespace DurableChat.Server.Clients;

/// <summary>
/// What the commands need of a server. Requests that were not answered are repeated for a while, commands under one idempotency key, so that nothing is done twice. Thread-safe.
/// Every method throws <see cref="ChatApiException"/>.
/// </summary>
internal interface IChatApi
{
    Task<IReadOnlyList<ModelResponse>> ListModelsAsync(CancellationToken cancellationToken);

    /// <summary>The owner's chats, those changed last first.</summary>
    IAsyncEnumerable<ChatSummary> ListChatsAsync(bool withArchived, CancellationToken cancellationToken);

    Task<ChatResponse> GetChatAsync(string chat, CancellationToken cancellationToken);

    /// <summary>A page of the history, ids ascending: the oldest behind <paramref name="afterId"/>, or the newest if that is null.</summary>
    Task<MessagesResponse> ReadMessagesAsync(string chat, long? afterId, int limit, CancellationToken cancellationToken);

    Task<ChatResponse> CreateAsync(CreateChatRequest request, CancellationToken cancellationToken);

    /// <summary>Sends a message; while a turn runs it waits in the queue.</summary>
    Task<CommandResponse> SendAsync(string chat, string content, CancellationToken cancellationToken);

    /// <summary>Stops the turn, if one runs.</summary>
    Task InterruptAsync(string chat, CancellationToken cancellationToken);

    /// <summary>Follows a chat behind a message. Comes back by itself whenever the connection ends, and neither repeats nor skips anything.</summary>
    /// <param name="chat">Which chat.</param>
    /// <param name="afterId">The last message that is known.</param>
    /// <param name="patience">For how long it is tried to come back; infinite for ever.</param>
    /// <param name="lost">Called whenever the connection is lost, before it is tried again.</param>
    /// <param name="cancellationToken">Ends it.</param>
    IAsyncEnumerable<ChatEvent> FollowAsync(string chat, long afterId, TimeSpan patience, Action lost, CancellationToken cancellationToken);
}
