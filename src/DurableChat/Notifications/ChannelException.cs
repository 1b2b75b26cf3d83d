namespace DurableChat.Notifications;

/// <summary>The notification channel cannot do its work just now.</summary>
public sealed class ChannelException(string message, Exception? innerException = null) : Exception(message, innerException);
