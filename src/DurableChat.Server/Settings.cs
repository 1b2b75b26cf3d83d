namespace DurableChat.Server;

/// <summary>Reads sections of the configuration.</summary>
internal static class Settings
{
    /// <summary>Reads a section; null if there is none.</summary>
    /// <exception cref="ConfigurationException">A value is not of the right form. The message names it.</exception>
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
