using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;
using DurableChat.Client.Calls;
using DurableChat.Client.Streams;

namespace DurableChat.Client;

/// <summary>
/// Calls a DurableChat server. Calls that fail for a temporary reason are retried. Writes carry an idempotency key,
/// either the caller's or a generated one, so that nothing is done twice. Calls throw
/// <see cref="DurableChatException"/> if the server refuses or its response cannot be read. They throw
/// <see cref="HttpRequestException"/> if the server cannot be reached or does not respond within
/// <see cref="HttpClient.Timeout"/>. They throw <see cref="OperationCanceledException"/> only if they are cancelled.
/// Thread-safe. The caller owns the <see cref="HttpClient"/>.
/// </summary>
public sealed class DurableChatClient
{
    private static readonly FollowOptions _defaults = new();

    private readonly Api _api;

    /// <summary>Creates a client.</summary>
    /// <param name="http">
    /// The HTTP client. Its <see cref="HttpClient.BaseAddress"/> is the address of the endpoints, e.g.
    /// <c>http://127.0.0.1:8080/api/v1</c>.
    /// </param>
    /// <param name="options">The options. Null for the defaults.</param>
    public DurableChatClient(HttpClient http, DurableChatClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        _api = new Api(http, options ?? new DurableChatClientOptions());
    }

    /// <summary>
    /// Creates a chat. The answer to a first message starts immediately. With only a history, the chat waits.
    /// </summary>
    /// <param name="chat">The content of the chat.</param>
    /// <param name="idempotencyKey">
    /// A key that is the same for repetitions of the same request, even by another process: 1 to 255 visible ASCII
    /// characters. If null, a key is generated for this call.
    /// </param>
    /// <param name="cancellationToken">Ends the wait. The chat may have been created.</param>
    public Task<ChatInfo> CreateChatAsync(
        NewChatRequest chat,
        string? idempotencyKey = null,
        CancellationToken cancellationToken = default) =>
        _api.CallAsync(
            HttpMethod.Post,
            "chats",
            Body(chat, ClientJson.Default.NewChatRequest),
            Key(idempotencyKey),
            ClientJson.Default.ChatInfo,
            cancellationToken);

    /// <summary>Lists chats, most recently changed first.</summary>
    /// <param name="limit">The maximum number of chats. 1 to 200.</param>
    /// <param name="cursor">The cursor of the previous page. Null for the first page.</param>
    /// <param name="archived">False lists chats that are not archived, true only archived chats, null all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<ChatListPage> ListChatsAsync(
        int limit = 50,
        string? cursor = null,
        bool? archived = false,
        CancellationToken cancellationToken = default)
    {
        var which = archived switch { null => "all", true => "true", false => "false" };
        var after = cursor is null ? string.Empty : $"&cursor={Uri.EscapeDataString(cursor)}";
        return _api.CallAsync(
            HttpMethod.Get,
            string.Create(CultureInfo.InvariantCulture, $"chats?limit={limit}&archived={which}{after}"),
            null,
            null,
            ClientJson.Default.ChatListPage,
            cancellationToken);
    }

    /// <summary>Reads a chat without its history.</summary>
    public Task<ChatInfo> GetChatAsync(string chatId, CancellationToken cancellationToken = default) =>
        _api.CallAsync(HttpMethod.Get, Path(chatId), null, null, ClientJson.Default.ChatInfo, cancellationToken);

    /// <summary>
    /// Renames, archives or unarchives a chat, or sets what answers its next messages. Null values keep the current
    /// ones.
    /// </summary>
    /// <param name="chatId">The id of the chat.</param>
    /// <param name="title">The new title.</param>
    /// <param name="archived">True archives the chat, false unarchives it.</param>
    /// <param name="model">The model for future messages.</param>
    /// <param name="settings">The settings for future messages. They replace all settings of the chat.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
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

    /// <summary>Permanently deletes a chat. False if it does not exist.</summary>
    public Task<bool> DeleteChatAsync(string chatId, CancellationToken cancellationToken = default) =>
        _api.DeleteAsync(Path(chatId), cancellationToken);

    /// <summary>Reads a page of the history.</summary>
    /// <param name="chatId">The id of the chat.</param>
    /// <param name="afterId">The id after which to start, oldest first. 0 starts at the beginning.</param>
    /// <param name="limit">The maximum number of messages. 1 to 500.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<HistoryPage> ReadAfterAsync(
        string chatId,
        long afterId = 0,
        int limit = 100,
        CancellationToken cancellationToken = default) =>
        _api.CallAsync(
            HttpMethod.Get,
            string.Create(CultureInfo.InvariantCulture, $"{Path(chatId)}/messages?after_id={afterId}&limit={limit}"),
            null,
            null,
            ClientJson.Default.HistoryPage,
            cancellationToken);

    /// <summary>Reads a page of the history, backwards.</summary>
    /// <param name="chatId">The id of the chat.</param>
    /// <param name="beforeId">The id before which the newest messages are read. If omitted, the newest of all.</param>
    /// <param name="limit">The maximum number of messages. 1 to 500.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<HistoryPage> ReadBeforeAsync(
        string chatId,
        long beforeId = long.MaxValue,
        int limit = 100,
        CancellationToken cancellationToken = default) =>
        _api.CallAsync(
            HttpMethod.Get,
            string.Create(CultureInfo.InvariantCulture, $"{Path(chatId)}/messages?before_id={beforeId}&limit={limit}"),
            null,
            null,
            ClientJson.Default.HistoryPage,
            cancellationToken);

    /// <summary>Sends a message.</summary>
    /// <param name="chatId">The id of the chat.</param>
    /// <param name="content">The text.</param>
    /// <param name="whenBusy">What happens if a turn is running.</param>
    /// <param name="idempotencyKey">
    /// A key that is the same for repetitions of the same request. If null, a key is generated for this call.
    /// </param>
    /// <param name="model">The model that answers. Null for the chat's model.</param>
    /// <param name="settings">The settings of the answer. The chat's settings apply to whatever is null.</param>
    /// <param name="cancellationToken">Ends the wait. The message may have been sent.</param>
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

    /// <summary>Replaces a user message and everything after it, and runs the chat from there.</summary>
    /// <param name="chatId">The id of the chat.</param>
    /// <param name="messageId">The id of the message.</param>
    /// <param name="content">The new text. Pass the same text to get a new answer.</param>
    /// <param name="idempotencyKey">
    /// A key that is the same for repetitions of the same request. If null, a key is generated for this call.
    /// </param>
    /// <param name="model">The model that answers. Null for the message's previous model.</param>
    /// <param name="settings">
    /// The settings of the answer, in addition to the chat's settings. Null for the message's own settings.
    /// </param>
    /// <param name="cancellationToken">Ends the wait. The edit may have been made.</param>
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

    /// <summary>Removes a message from the queue.</summary>
    public Task<CommandOutcome> DeleteQueuedAsync(
        string chatId,
        long queuedId,
        string? idempotencyKey = null,
        CancellationToken cancellationToken = default) =>
        CommandAsync(
            HttpMethod.Delete,
            string.Create(CultureInfo.InvariantCulture, $"{Path(chatId)}/queue/{queuedId}"),
            null,
            idempotencyKey,
            cancellationToken);

    /// <summary>Runs a queued message next. Stops a running turn.</summary>
    public Task<CommandOutcome> PromoteQueuedAsync(
        string chatId,
        long queuedId,
        string? idempotencyKey = null,
        CancellationToken cancellationToken = default) =>
        CommandAsync(
            HttpMethod.Post,
            string.Create(CultureInfo.InvariantCulture, $"{Path(chatId)}/queue/{queuedId}/promote"),
            null,
            idempotencyKey,
            cancellationToken);

    /// <summary>Stops the turn and keeps the partial answer.</summary>
    public Task<CommandOutcome> InterruptAsync(
        string chatId,
        string? idempotencyKey = null,
        CancellationToken cancellationToken = default) =>
        CommandAsync(HttpMethod.Post, $"{Path(chatId)}/interrupt", null, idempotencyKey, cancellationToken);

    /// <summary>Submits results of client-side tool calls.</summary>
    public Task<CommandOutcome> SubmitToolResultsAsync(
        string chatId,
        IReadOnlyList<ToolResult> results,
        string? idempotencyKey = null,
        CancellationToken cancellationToken = default) =>
        CommandAsync(
            HttpMethod.Post,
            $"{Path(chatId)}/tool-results",
            Body(new ResultsBody(results), ClientJson.Default.ResultsBody),
            idempotencyKey,
            cancellationToken);

    /// <summary>Lists the models, the default first.</summary>
    public async Task<IReadOnlyList<ModelInfo>> ListModelsAsync(CancellationToken cancellationToken = default) =>
        (await _api.CallAsync(HttpMethod.Get, "models", null, null, ClientJson.Default.ModelsBody, cancellationToken)
            .ConfigureAwait(false)).Models;

    /// <summary>
    /// Follows a chat for as long as the result is enumerated. Whenever the connection ends, for whatever reason, it
    /// reconnects after a pause and resumes after the last event. No event is repeated or missing. Messages arrive in
    /// the order of their ids. After a <see cref="HistoryResetEvent"/>, the whole new history follows.
    /// </summary>
    /// <param name="chatId">The id of the chat.</param>
    /// <param name="position">
    /// The <see cref="ChatEvent.Position"/> of the last known event. Null for the beginning.
    /// </param>
    /// <param name="options">The options. Null for the defaults.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <exception cref="DurableChatException">
    /// The server refuses permanently, e.g. because the chat is gone. Or it was unreachable for longer than
    /// <see cref="FollowOptions.MaxOutage"/>: the code is then <c>stream_lost</c>, and the cause is the
    /// <see cref="Exception.InnerException"/>.
    /// </exception>
    /// <exception cref="OperationCanceledException">The enumeration was cancelled.</exception>
    public IAsyncEnumerable<ChatEvent> FollowAsync(
        string chatId,
        string? position = null,
        FollowOptions? options = null,
        CancellationToken cancellationToken = default) =>
        EventStream.FollowAsync(
            _api, $"{Path(chatId)}/stream", new ChatStreamGuard(position), options ?? _defaults, cancellationToken);

    /// <summary>Follows a chat from after a message. Otherwise like <see cref="FollowAsync"/>.</summary>
    /// <param name="chatId">The id of the chat.</param>
    /// <param name="messageId">The id of the last known message. 0 for none.</param>
    /// <param name="options">The options. Null for the defaults.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public IAsyncEnumerable<ChatEvent> FollowAfterAsync(
        string chatId,
        long messageId,
        FollowOptions? options = null,
        CancellationToken cancellationToken = default) =>
        EventStream.FollowAsync(
            _api, $"{Path(chatId)}/stream", new ChatStreamGuard(messageId), options ?? _defaults, cancellationToken);

    /// <summary>
    /// Follows the list of chats for as long as the result is enumerated, and reconnects like
    /// <see cref="FollowAsync"/>. Each connection starts with a <see cref="ChatsEvent"/>, which replaces the previous
    /// list.
    /// </summary>
    /// <param name="options">The options. Null for the defaults.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public IAsyncEnumerable<ChatEvent> WatchAsync(
        FollowOptions? options = null,
        CancellationToken cancellationToken = default) =>
        EventStream.FollowAsync(_api, "chats/watch", new ListStreamGuard(), options ?? _defaults, cancellationToken);

    private static string Path(string chatId)
    {
        ArgumentException.ThrowIfNullOrEmpty(chatId);
        return $"chats/{Uri.EscapeDataString(chatId)}";
    }

    private static Func<HttpContent> Body<T>(T body, JsonTypeInfo<T> type) => () => JsonContent.Create(body, type);

    private static string Key(string? given) => given ?? Guid.NewGuid().ToString("N");

    private Task<CommandOutcome> CommandAsync(
        HttpMethod method,
        string path,
        Func<HttpContent>? body,
        string? key,
        CancellationToken cancellationToken) =>
        _api.CallAsync(method, path, body, Key(key), ClientJson.Default.CommandOutcome, cancellationToken);
}
