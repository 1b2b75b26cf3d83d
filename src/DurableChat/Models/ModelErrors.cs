using System.Net.Sockets;
using System.Text.Json;
using DurableChat.Chats;

namespace DurableChat.Models;

/// <summary>
/// Maps failed model calls to errors. The messages are fixed: an exception's own message may contain a key, an address
/// or the provider's answer, so it only goes to the log. Pure.
/// </summary>
public static class ModelErrors
{
    /// <summary>The model sent nothing for too long.</summary>
    /// <remarks>
    /// The second attempt is the last. Each attempt may have been charged, and a model that is silent once is usually
    /// silent again.
    /// </remarks>
    public static readonly ModelFailure Timeout = Retryable("model_timeout", "The model took too long to answer.") with
    {
        MaxAttempts = 2,
    };

    /// <summary>The answer ended before the provider reported it as complete.</summary>
    public static readonly ModelFailure BrokenOff = Retryable("model_bad_response", "The model's answer broke off.");

    /// <summary>The answer calls a tool with arguments that cannot be parsed.</summary>
    public static readonly ModelFailure BrokenCall = Retryable(
        "model_bad_response", "The model called a tool with arguments that are not JSON.");

    /// <summary>The response cannot be parsed.</summary>
    public static readonly ModelFailure BadResponse = Retryable(
        "model_bad_response", "The model's provider sent an answer that could not be understood.");

    /// <summary>The prompt exceeds the model's context size.</summary>
    public static readonly ModelFailure ContextOverflow = Final(
        "model_context_overflow",
        "The conversation is longer than the model can read. Start a new chat, or shorten this one.");

    /// <summary>The account has no credit or quota left.</summary>
    public static readonly ModelFailure Quota = Final(
        "model_quota", "The account with the model's provider has no quota left.");

    /// <summary>The provider refuses to answer this request.</summary>
    public static readonly ModelFailure Refused = Final(
        "model_refused", "The model's provider refused to answer this request.");

    /// <summary>The chat names a model that is not configured.</summary>
    public static readonly ModelFailure NotConfigured = Final(
        "model_not_configured", "The chat's model is not configured on this server.");

    /// <summary>
    /// The input for the model could not be read: messages of the chat are missing in the store, or the stored data is
    /// inconsistent.
    /// </summary>
    internal static readonly ModelFailure HistoryUnavailable = Retryable(
        "history_unavailable", "The chat's history could not be read.");

    /// <summary>Maps an exception. The model's own mapping takes precedence.</summary>
    public static ModelFailure Map(Exception exception, ModelDefinition? model)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception is ModelException known
            ? known.Failure
            : model?.MapError?.Invoke(exception) ?? MapGeneral(exception);
    }

    /// <summary>Maps a provider's HTTP status.</summary>
    public static ModelFailure OfStatus(int status, TimeSpan? retryAfter = null) => status switch
    {
        402 => Quota,
        413 => ContextOverflow,
        401 or 403 => Final("model_unauthorized", "The model's provider refused the server's credentials."),
        >= 300 and < 400 => Final(
            "model_wrong_address", "The model's provider is not at the configured address: it points to another one."),
        404 => Final(
            "model_not_found", "The model's provider does not know the model, or is not at the configured address."),
        408 => Timeout,
        409 => Retryable("model_unavailable", "The model's provider is unavailable or overloaded.", retryAfter),
        429 => Retryable("model_rate_limited", "The model's provider limits the rate of requests.", retryAfter),
        >= 400 and < 500 => Final("model_rejected_request", "The model's provider rejected the request."),
        _ => Retryable("model_unavailable", "The model's provider is unavailable or overloaded.", retryAfter),
    };

    private static ModelFailure MapGeneral(Exception exception) => exception switch
    {
        HttpRequestException { StatusCode: { } status } => OfStatus((int)status),
        HttpRequestException or SocketException or IOException =>
            Retryable("model_unreachable", "The model's provider could not be reached, or the connection broke."),
        TimeoutException or OperationCanceledException => Timeout,
        JsonException or FormatException => BadResponse,
        { InnerException: { } inner } => MapGeneral(inner),
        _ => Retryable("model_failed", "The model call failed."),
    };

    private static ModelFailure Retryable(string code, string message, TimeSpan? retryAfter = null) =>
        new(new ChatError(code, message, Retryable: true), retryAfter);

    private static ModelFailure Final(string code, string message) =>
        new(new ChatError(code, message, Retryable: false));
}
