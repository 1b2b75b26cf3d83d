namespace DurableChat.Server;

/// <summary>The configuration is wrong. The message says where and what would be right; it is shown without a stack trace.</summary>
internal sealed class ConfigurationException(string message) : Exception(message);
