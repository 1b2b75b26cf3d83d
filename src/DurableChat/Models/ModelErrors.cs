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
    public static readonly ModelFailure Timeout = Retryable("model_timeout", "The model took too long to answer.");

    /// <summary>The chat names a model that is not configured.</summary>
    public static readonly ModelFailure NotConfigured = Final("model_not_configured", "The chat's model is not configured on this server.");

    /// <summary>Tells what an exception means; the model's own mapping is asked first.</summary>
    public static ModelFailure Map(Exception exception, ModelDefinition? model)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception is ModelException known ? known.Failure : model?.MapError?.Invoke(exception) ?? MapGeneral(exception);
    }

    /// <summary>What an HTTP status of a provider means.</summary>
    public static ModelFailure OfStatus(int status, TimeSpan? retryAfter = null) => status switch
    {
        401 or 403 => Final("model_unauthorized", "The model's provider refused the server's credentials."),
        404 => Final("model_not_found", "The model's provider does not know the model."),
        408 => Timeout,
        429 => Retryable("model_rate_limited", "The model's provider limits the rate of requests.", retryAfter),
        >= 400 and < 500 => Final("model_rejected_request", "The model's provider rejected the request."),
        _ => Retryable("model_unavailable", "The model's provider is unavailable or overloaded.", retryAfter),
    };

    private static ModelFailure MapGeneral(Exception exception) => exception switch
    {
        HttpRequestException { StatusCode: { } status } => OfStatus((int)status),
        HttpRequestException or SocketException or IOException => Retryable("model_unreachable", "The model's provider could not be reached, or the connection broke."),
        TimeoutException or OperationCanceledException => Timeout,
        JsonException or FormatException => Retryable("model_bad_response", "The model's provider sent an answer that could not be understood."),
        { InnerException: { } inner } => MapGeneral(inner),
        _ => Retryable("model_failed", "The model call failed."),
    };

    private static ModelFailure Retryable(string code, string message, TimeSpan? retryAfter = null) => new(new ChatError(code, message, Retryable: true), retryAfter);

    private static ModelFailure Final(string code, string message) => new(new ChatError(code, message, Retryable: false));
}
