namespace DurableChat.Notifications;

/// <summary>The notification channel is temporarily unavailable.</summary>
public sealed class ChannelException(
    string message,
    Exception? innerException = null) : Exception(message, innerException);
