using System.Globalization;
using ModelContextProtocol;

namespace DurableChat.Mcp.Tools;

/// <summary>Converts the progress that a server reports to texts. Thread-safe.</summary>
internal sealed class McpProgress(IProgress<string> texts) : IProgress<ProgressNotificationValue>
{
    /// <inheritdoc/>
    public void Report(ProgressNotificationValue value)
    {
        var count = value.Total is { } total
            ? string.Create(CultureInfo.InvariantCulture, $"{value.Progress}/{total}")
            : value.Progress.ToString(CultureInfo.InvariantCulture);
        texts.Report(string.IsNullOrEmpty(value.Message) ? count : $"{value.Message} ({count})");
    }
}
