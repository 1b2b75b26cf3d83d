using System.Net.Sockets;
using System.Text.Json;
using DurableChat.Chats;

namespace DurableChat.Models;

/// <summary>
/// Tells what a failed model call means. The sentences are fixed: an exception's own message may carry a key, an address or the provider's answer, so it
/// goes to the log and nowhere else. Pure.
/// </summary>
public static class ModelErrors
{
    /// <summary>The model sent nothing for too long.</summary>
    /// <remarks>The second attempt is the last: each may have been paid for, and what is silent once is silent again.</remarks>
    public static readonly ModelFailure Timeout = Retryable("model_timeout", "The model took too long to answer.") with { MaxAttempts = 2 };

    /// <summary>The answer ended before the provider said that it was whole.</summary>
    public static readonly ModelFailure BrokenOff = Retryable("model_bad_response", "The model's answer broke off.");

    /// <summary>The answer calls a tool with arguments that cannot be read.</summary>
    public static readonly ModelFailure BrokenCall = Retryable("model_bad_response", "The model called a tool with arguments that are not JSON.");

    /// <summary>What came cannot be understood.</summary>
    public static readonly ModelFailure BadResponse = Retryable("model_bad_response", "The model's provider sent an answer that could not be understood.");

    /// <summary>The prompt is longer than the model can read.</summary>
    public static readonly ModelFailure ContextOverflow = Final("model_context_overflow", "The conversation is longer than the model can read. Start a new chat, or shorten this one.");

    /// <summary>The account has no money or quota left.</summary>
    public static readonly ModelFailure Quota = Final("model_quota", "The account with the model's provider has no quota left.");

    /// <summary>The provider refuses to answer this request.</summary>
    public static readonly ModelFailure Refused = Final("model_refused", "The model's provider refused to answer this request.");

    /// <summary>The chat names a model that is not configured.</summary>
    public static readonly ModelFailure NotConfigured = Final("model_not_configured", "The chat's model is not configured on this server.");

    /// <summary>What the model was to be given could not be read: messages of the chat are missing in the store, or it contradicts itself.</summary>
    internal static readonly ModelFailure HistoryUnavailable = Retryable("history_unavailable", "The chat's history could not be read.");

    /// <summary>Tells what an exception means; the model's own mapping is asked first.</summary>
    public static ModelFailure Map(Exception exception, ModelDefinition? model)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception is ModelException known ? known.Failure : model?.MapError?.Invoke(exception) ?? MapGeneral(exception);
    }

    /// <summary>What an HTTP status of a provider means.</summary>
    public static ModelFailure OfStatus(int status, TimeSpan? retryAfter = null) => status switch
    {
        402 => Quota,
        413 => ContextOverflow,
        401 or 403 => Final("model_unauthorized", "The model's provider refused the server's credentials."),
        >= 300 and < 400 => Final("model_wrong_address", "The model's provider is not at the configured address: it points to another one."),
        404 => Final("model_not_found", "The model's provider does not know the model, or is not at the configured address."),
        408 => Timeout,
        409 => Retryable("model_unavailable", "The model's provider is unavailable or overloaded.", retryAfter),
        429 => Retryable("model_rate_limited", "The model's provider limits the rate of requests.", retryAfter),
        >= 400 and < 500 => Final("model_rejected_request", "The model's provider rejected the request."),
        _ => Retryable("model_unavailable", "The model's provider is unavailable or overloaded.", retryAfter),
    };

    private static ModelFailure MapGeneral(Exception exception) => exception switch
    {
        HttpRequestException { StatusCode: { } status } => OfStatus((int)status),
        HttpRequestException or SocketException or IOException => Retryable("model_unreachable", "The model's provider could not be reached, or the connection broke."),
        TimeoutException or OperationCanceledException => Timeout,
        JsonException or FormatException => BadResponse,
        { InnerException: { } inner } => MapGeneral(inner),
        _ => Retryable("model_failed", "The model call failed."),
    };

    private static ModelFailure Retryable(string code, string message, TimeSpan? retryAfter = null) => new(new ChatError(code, message, Retryable: true), retryAfter);

    private static ModelFailure Final(string code, string message) => new(new ChatError(code, message, Retryable: false));
}
