using System.Net;

namespace DurableChat.Client;

/// <summary>The server refused a call, or a turn failed. <see cref="Exception.Message"/> is a sentence for people.</summary>
public sealed class DurableChatException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="code">A stable word for programs.</param>
    /// <param name="message">A sentence for people.</param>
    /// <param name="inner">What caused it; null for nothing more.</param>
    public DurableChatException(string code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>A stable word for programs, e.g. <c>chat_not_found</c>.</summary>
    public string Code { get; }

    /// <summary>The HTTP status; null if a turn failed, or what came was not understood.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>What in the request is wrong; null if nothing is.</summary>
    public string? Field { get; init; }

    /// <summary>True if the same may work later.</summary>
    public bool IsRetryable { get; init; }
}
