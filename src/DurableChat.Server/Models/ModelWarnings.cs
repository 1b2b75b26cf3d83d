namespace DurableChat.Server.Models;

/// <summary>
/// Warnings about the configured models. They are found before there is a log, and logged once the server has started.
/// </summary>
internal sealed partial class ModelWarnings(ILogger<ModelWarnings> logger)
{
    /// <summary>Logs each warning.</summary>
    public void Report(IEnumerable<string> warnings)
    {
        foreach (var warning in warnings)
        {
            LogWarning(warning);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "{Warning}")]
    private partial void LogWarning(string warning);
}
