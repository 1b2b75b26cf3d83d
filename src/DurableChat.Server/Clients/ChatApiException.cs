namespace DurableChat.Server.Clients;

/// <summary>A server said no, or could not be reached. The message is for people.</summary>
/// <param name="code">The problem's code; <see cref="Unreachable"/> if there was no answer that can be understood.</param>
/// <param name="message">What is wrong.</param>
/// <param name="isRetryable">True if the same request may work later.</param>
/// <param name="wait">How long the server asks to wait until then.</param>
internal sealed class ChatApiException(string code, string message, bool isRetryable, TimeSpan wait = default) : Exception(message)
{
    public const string Unreachable = "unreachable";

    public string Code { get; } = code;

    public bool IsRetryable { get; } = isRetryable;

    public TimeSpan Wait { get; } = wait;
}
