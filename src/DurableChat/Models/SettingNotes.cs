using System.Collections.Concurrent;
using DurableChat.Chats;
using Microsoft.Extensions.Logging;

namespace DurableChat.Models;

/// <summary>
/// Logs that chats request settings that their model does not allow, or no longer allows, and that the nearest allowed
/// values are used. Logs each model and setting once, however many chats and calls there are. Thread-safe.
/// </summary>
internal sealed partial class SettingNotes(ILogger<SettingNotes> logger)
{
    private readonly ConcurrentDictionary<(string Model, string Setting), bool> _noted = new();

    /// <summary>Logs which of these settings the model does not allow.</summary>
    /// <param name="model">The model.</param>
    /// <param name="chat">The chat with these settings.</param>
    /// <param name="asked">The settings. Null for none.</param>
    public void Note(ModelDefinition model, ChatId chat, GenerationSettings? asked)
    {
        if (asked is null || !logger.IsEnabled(LogLevel.Information))
        {
            return;
        }

        foreach (var refusal in model.Allow.Check(asked, model.Name))
        {
            var setting = refusal.Field!.Split('.')[1];
            if (_noted.TryAdd((model.Name, setting), true))
            {
                LogFitted(setting, chat, model.Name);
            }
        }
    }

    [LoggerMessage(
        1,
        LogLevel.Information,
        "The {Setting} of chat {Chat} is not what model {Model} allows; the nearest that it allows is used, here and "
            + "in other chats")]
    private partial void LogFitted(string setting, ChatId chat, string model);
}
