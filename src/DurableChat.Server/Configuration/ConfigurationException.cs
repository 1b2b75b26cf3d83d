namespace DurableChat.Server.Configuration;

/// <summary>
/// The configuration is invalid. The message says where and what would be valid. It is shown without a stack trace.
/// </summary>
internal sealed class ConfigurationException(string message) : Exception(message);
