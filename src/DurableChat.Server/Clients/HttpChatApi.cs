using System.Runtime.CompilerServices;
using DurableChat.AspNetCore;
using DurableChat.Storage;

namespace DurableChat.Server.Clients;

/// <summary>A server that is reached over HTTP.</summary>
internal sealed class HttpChatApi(ChatHttp http, TimeProvider time) : IChatApi
{
    private const int Page = 200;

    public async Task<IReadOnlyList<ModelResponse>> ListModelsAsync(CancellationToken cancellationToken) =>
        (await http.GetAsync<ModelsResponse>("models", cancellationToken)).Models;

    public async IAsyncEnumerable<ChatSummary> ListChatsAsync(bool withArchived, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? cursor = null;
        do
        {
            var page = await http.GetAsync<ChatListResponse>($"chats?limit={Page}&archived={(withArchived ? "all" : "false")}{(cursor is null ? "" : $"&cursor={cursor}")}", cancellationToken);
            foreach (var chat in page.Chats)
            {
                yield return chat;
            }

            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

    public Task<ChatResponse> GetChatAsync(string chat, CancellationToken cancellationToken) => http.GetAsync<ChatResponse>(Path(chat), cancellationToken);

    public Task<MessagesResponse> ReadMessagesAsync(string chat, long? afterId, int limit, CancellationToken cancellationToken) =>
        http.GetAsync<MessagesResponse>(Path(chat, $"messages?limit={limit}&{(afterId is null ? $"before_id={long.MaxValue}" : $"after_id={afterId}")}"), cancellationToken);

    public Task<ChatResponse> CreateAsync(CreateChatRequest request, CancellationToken cancellationToken) => http.PostAsync<ChatResponse>("chats", request, cancellationToken);

    public Task<CommandResponse> SendAsync(string chat, string content, CancellationToken cancellationToken) =>
        http.PostAsync<CommandResponse>(Path(chat, "messages"), new SendMessageRequest(content), cancellationToken);

    public async Task InterruptAsync(string chat, CancellationToken cancellationToken)
    {
        try
        {
            await http.PostAsync<CommandResponse>(Path(chat, "interrupt"), null, cancellationToken);
        }
        catch (ChatApiException exception) when (exception.Code == "not_running")
        {
            // It has just ended.
        }
    }

    public IAsyncEnumerable<ChatEvent> FollowAsync(string chat, long afterId, TimeSpan patience, Action lost, CancellationToken cancellationToken) =>
        new ChatStream(http, Path(chat, "stream"), afterId, patience, lost, time).ReadAsync(cancellationToken);

    private static string Path(string chat, string? rest = null) => $"chats/{Uri.EscapeDataString(chat)}{(rest is null ? "" : $"/{rest}")}";
}
