using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;
using DurableChat.Client.Calls;
using DurableChat.Client.Streams;

namespace DurableChat.Client;

/// <summary>
/// Calls a DurableChat server. A call that fails for a reason that may pass is tried again; writes carry an idempotency key, the caller's or one of their own, so that nothing is done twice.
/// Calls throw <see cref="DurableChatException"/> if the server refuses or its answer cannot be read, <see cref="HttpRequestException"/> if it cannot be reached or does not answer within
/// <see cref="HttpClient.Timeout"/>, <see cref="OperationCanceledException"/> only if they are cancelled. Thread-safe. The <see cref="HttpClient"/> stays the caller's.
/// </summary>
public sealed class DurableChatClient
{
    private static readonly FollowOptions _defaults = new();

    private readonly Api _api;

    /// <summary>Makes a client.</summary>
    /// <param name="http">How to reach the server; its <see cref="HttpClient.BaseAddress"/> is where the endpoints are, e.g. <c>http://127.0.0.1:8080/api/v1</c>.</param>
    /// <param name="options">How to call; null for the defaults.</param>
    public DurableChatClient(HttpClient http, DurableChatClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        _api = new Api(http, options ?? new DurableChatClientOptions());
    }

    /// <summary>Creates a chat with its first message, whose answer begins at once, or with a history, behind which it waits.</summary>
    /// <param name="chat">What it begins with.</param>
    /// <param name="idempotencyKey">The same for repetitions of the same wish, also by another process: 1 to 255 visible ASCII characters. Null makes one for this call.</param>
    /// <param name="cancellationToken">Gives up waiting; the chat may have been created.</param>
    public Task<ChatInfo> CreateChatAsync(NewChatRequest chat, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        _api.CallAsync(HttpMethod.Post, "chats", Body(chat, ClientJson.Default.NewChatRequest), Key(idempotencyKey), ClientJson.Default.ChatInfo, cancellationToken);

    /// <summary>Lists chats, those changed last first.</summary>
    /// <param name="limit">1 to 200.</param>
    /// <param name="cursor">Of the page before; null for the first.</param>
    /// <param name="archived">False for those not put away, true for those that are, null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ChatListPage> ListChatsAsync(int limit = 50, string? cursor = null, bool? archived = false, CancellationToken cancellationToken = default)
    {
        var which = archived switch { null => "all", true => "true", false => "false" };
        var after = cursor is null ? string.Empty : $"&cursor={Uri.EscapeDataString(cursor)}";
        return _api.CallAsync(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"chats?limit={limit}&archived={which}{after}"), null, null, ClientJson.Default.ChatListPage, cancellationToken);
    }

    /// <summary>Reads a chat without its history.</summary>
    public Task<ChatInfo> GetChatAsync(string chatId, CancellationToken cancellationToken = default) =>
        _api.CallAsync(HttpMethod.Get, Path(chatId), null, null, ClientJson.Default.ChatInfo, cancellationToken);

    /// <summary>
    /// Renames a chat, puts it away or brings it back, or sets what answers its next messages; null leaves things as
    /// they are.
    /// </summary>
    /// <param name="chatId">Which chat.</param>
    /// <param name="title">The new name.</param>
    /// <param name="archived">True puts it away, false brings it back.</param>
    /// <param name="model">The model of messages still to come.</param>
    /// <param name="settings">How messages still to come are answered, in place of all settings that the chat
    /// had.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<ChatInfo> UpdateChatAsync(
        string chatId,
        string? title = null,
        bool? archived = null,
        string? model = null,
        ChatSettings? settings = null,
        CancellationToken cancellationToken = default)
    {
        var body = Body(new ChangeBody(title, archived, model, settings), ClientJson.Default.ChangeBody);
        return _api.CallAsync(
            HttpMethod.Patch, Path(chatId), body, null, ClientJson.Default.ChatInfo, cancellationToken);
    }

    /// <summary>Deletes a chat for good; false if there is none.</summary>
    public Task<bool> DeleteChatAsync(string chatId, CancellationToken cancellationToken = default) => _api.DeleteAsync(Path(chatId), cancellationToken);

    /// <summary>Reads a page of the history.</summary>
    /// <param name="chatId">Which chat.</param>
    /// <param name="afterId">The oldest messages after this one; 0 from the beginning.</param>
    /// <param name="limit">1 to 500.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<HistoryPage> ReadAfterAsync(string chatId, long afterId = 0, int limit = 100, CancellationToken cancellationToken = default) =>
        _api.CallAsync(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"{Path(chatId)}/messages?after_id={afterId}&limit={limit}"), null, null, ClientJson.Default.HistoryPage, cancellationToken);

    /// <summary>Reads a page of the history, backwards.</summary>
    /// <param name="chatId">Which chat.</param>
    /// <param name="beforeId">The newest messages before this one; left out, the newest of all.</param>
    /// <param name="limit">1 to 500.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<HistoryPage> ReadBeforeAsync(string chatId, long beforeId = long.MaxValue, int limit = 100, CancellationToken cancellationToken = default) =>
        _api.CallAsync(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"{Path(chatId)}/messages?before_id={beforeId}&limit={limit}"), null, null, ClientJson.Default.HistoryPage, cancellationToken);

    /// <summary>Sends a message.</summary>
    /// <param name="chatId">Which chat.</param>
    /// <param name="content">The text.</param>
    /// <param name="whenBusy">What to do while a turn runs.</param>
    /// <param name="idempotencyKey">The same for repetitions of the same wish; null makes one for this call.</param>
    /// <param name="model">The model that is to answer; null for the chat's.</param>
    /// <param name="settings">How it is to be answered; what is null is the chat's.</param>
    /// <param name="cancellationToken">Gives up waiting; the message may have been sent.</param>
    public Task<CommandOutcome> SendAsync(
        string chatId,
        string content,
        WhenBusy whenBusy = WhenBusy.Queue,
        string? idempotencyKey = null,
        string? model = null,
        ChatSettings? settings = null,
        CancellationToken cancellationToken = default)
    {
        var body = new SendBody(content, whenBusy == WhenBusy.Queue ? "queue" : "interrupt", model, settings);
        var written = Body(body, ClientJson.Default.SendBody);
        return CommandAsync(HttpMethod.Post, $"{Path(chatId)}/messages", written, idempotencyKey, cancellationToken);
    }

    /// <summary>Replaces a user message and all that followed it, and runs the chat from there.</summary>
    /// <param name="chatId">Which chat.</param>
    /// <param name="messageId">Which message.</param>
    /// <param name="content">The new text; the same to have it answered again.</param>
    /// <param name="idempotencyKey">The same for repetitions of the same wish; null makes one for this call.</param>
    /// <param name="model">The model that is to answer; null for the one that the message was for.</param>
    /// <param name="settings">How it is to be answered, on top of the chat's settings; null for the message's
    /// own.</param>
    /// <param name="cancellationToken">Gives up waiting; the edit may have been done.</param>
    public Task<CommandOutcome> EditAsync(
        string chatId,
        long messageId,
        string content,
        string? idempotencyKey = null,
        string? model = null,
        ChatSettings? settings = null,
        CancellationToken cancellationToken = default)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{Path(chatId)}/messages/{messageId}");
        var body = Body(new EditBody(content, model, settings), ClientJson.Default.EditBody);
        return CommandAsync(HttpMethod.Patch, path, body, idempotencyKey, cancellationToken);
    }

    /// <summary>Takes a message out of the queue.</summary>
    public Task<CommandOutcome> DeleteQueuedAsync(string chatId, long queuedId, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        CommandAsync(HttpMethod.Delete, string.Create(CultureInfo.InvariantCulture, $"{Path(chatId)}/queue/{queuedId}"), null, idempotencyKey, cancellationToken);

    /// <summary>Runs a queued message next; a running turn is stopped for it.</summary>
    public Task<CommandOutcome> PromoteQueuedAsync(string chatId, long queuedId, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        CommandAsync(HttpMethod.Post, string.Create(CultureInfo.InvariantCulture, $"{Path(chatId)}/queue/{queuedId}/promote"), null, idempotencyKey, cancellationToken);

    /// <summary>Stops the turn and keeps what was answered so far.</summary>
    public Task<CommandOutcome> InterruptAsync(string chatId, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        CommandAsync(HttpMethod.Post, $"{Path(chatId)}/interrupt", null, idempotencyKey, cancellationToken);

    /// <summary>Answers client-side tool calls.</summary>
    public Task<CommandOutcome> SubmitToolResultsAsync(string chatId, IReadOnlyList<ToolResult> results, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        CommandAsync(HttpMethod.Post, $"{Path(chatId)}/tool-results", Body(new ResultsBody(results), ClientJson.Default.ResultsBody), idempotencyKey, cancellationToken);

    /// <summary>Lists the models, the default first.</summary>
    public async Task<IReadOnlyList<ModelInfo>> ListModelsAsync(CancellationToken cancellationToken = default) =>
        (await _api.CallAsync(HttpMethod.Get, "models", null, null, ClientJson.Default.ModelsBody, cancellationToken).ConfigureAwait(false)).Models;

    /// <summary>
    /// Follows a chat for as long as it is enumerated: whenever the connection ends, for whatever reason, it connects again after a pause and goes on behind the last event. What comes is never
    /// repeated, and nothing is left out: messages in the order of their ids; after a <see cref="HistoryResetEvent"/> the whole new history.
    /// </summary>
    /// <param name="chatId">Which chat.</param>
    /// <param name="position">The <see cref="ChatEvent.Position"/> of the last event that is known; null for the beginning.</param>
    /// <param name="options">How to follow; null for the defaults.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DurableChatException">
    /// The server refuses for good, e.g. because the chat is gone; or it stayed away for longer than <see cref="FollowOptions.MaxOutage"/>, with the code <c>stream_lost</c> and what kept it away as
    /// <see cref="Exception.InnerException"/>.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IAsyncEnumerable<ChatEvent> FollowAsync(string chatId, string? position = null, FollowOptions? options = null, CancellationToken cancellationToken = default) =>
        EventStream.FollowAsync(_api, $"{Path(chatId)}/stream", new ChatStreamGuard(position), options ?? _defaults, cancellationToken);

    /// <summary>Follows a chat from behind a message; else as <see cref="FollowAsync"/>.</summary>
    /// <param name="chatId">Which chat.</param>
    /// <param name="messageId">The last message that is known; 0 for none.</param>
    /// <param name="options">How to follow; null for the defaults.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public IAsyncEnumerable<ChatEvent> FollowAfterAsync(string chatId, long messageId, FollowOptions? options = null, CancellationToken cancellationToken = default) =>
        EventStream.FollowAsync(_api, $"{Path(chatId)}/stream", new ChatStreamGuard(messageId), options ?? _defaults, cancellationToken);

    /// <summary>
    /// Follows the list of chats for as long as it is enumerated, and connects again like <see cref="FollowAsync"/>. Each connection begins with <see cref="ChatsEvent"/>, which takes the place of
    /// what there was.
    /// </summary>
    /// <param name="options">How to follow; null for the defaults.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public IAsyncEnumerable<ChatEvent> WatchAsync(FollowOptions? options = null, CancellationToken cancellationToken = default) =>
        EventStream.FollowAsync(_api, "chats/watch", new ListStreamGuard(), options ?? _defaults, cancellationToken);

    private static string Path(string chatId)
    {
        ArgumentException.ThrowIfNullOrEmpty(chatId);
        return $"chats/{Uri.EscapeDataString(chatId)}";
    }

    private static Func<HttpContent> Body<T>(T body, JsonTypeInfo<T> type) => () => JsonContent.Create(body, type);

    private static string Key(string? given) => given ?? Guid.NewGuid().ToString("N");

    private Task<CommandOutcome> CommandAsync(HttpMethod method, string path, Func<HttpContent>? body, string? key, CancellationToken cancellationToken) =>
        _api.CallAsync(method, path, body, Key(key), ClientJson.Default.CommandOutcome, cancellationToken);
}
