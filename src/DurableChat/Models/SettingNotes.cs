using System.Collections.Concurrent;
using DurableChat.Chats;
using Microsoft.Extensions.Logging;

namespace DurableChat.Models;

/// <summary>
/// Notes in the log that chats ask for settings that their model does not allow, or not any more, and that the nearest
/// are used. Once for each model and setting, however many chats and calls there are. Thread-safe.
/// </summary>
internal sealed partial class SettingNotes(ILogger<SettingNotes> logger)
{
    private readonly ConcurrentDictionary<(string Model, string Setting), bool> _noted = new();

    /// <summary>Notes what of these settings the model does not allow.</summary>
    /// <param name="model">The model.</param>
    /// <param name="chat">Whose settings they are.</param>
    /// <param name="asked">The settings; null for none.</param>
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

    [LoggerMessage(1, LogLevel.Information, "The {Setting} of chat {Chat} is not what model {Model} allows; the nearest that it allows is used, here and in other chats")]
    private partial void LogFitted(string setting, ChatId chat, string model);
}
