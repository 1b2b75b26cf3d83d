using System.Net;

namespace DurableChat.Client;

/// <summary>
/// The server refused a call, or a turn failed. <see cref="Exception.Message"/> is a sentence for the user.
/// </summary>
public sealed class DurableChatException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="code">A stable error code.</param>
    /// <param name="message">A sentence for the user.</param>
    /// <param name="inner">The cause. Null for none.</param>
    public DurableChatException(string code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>A stable error code, e.g. <c>chat_not_found</c>.</summary>
    public string Code { get; }

    /// <summary>The HTTP status. Null if a turn failed, or if the data could not be read.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>The invalid field of the request. Null if no field is invalid.</summary>
    public string? Field { get; init; }

    /// <summary>True if the same request may succeed later.</summary>
    public bool IsRetryable { get; init; }
}
