namespace DurableChat.Server.Configuration;

/// <summary>Reads configuration sections.</summary>
internal static class Settings
{
    /// <summary>Reads a section; null if it does not exist.</summary>
    /// <exception cref="ConfigurationException">A value is invalid. The message names it.</exception>
    public static T? Read<T>(IConfiguration configuration, string section)
    {
        try
        {
            return configuration.GetSection(section).Get<T>();
        }
        catch (InvalidOperationException exception)
        {
            throw new ConfigurationException($"The configuration is wrong. {exception.Message}");
        }
    }
}
