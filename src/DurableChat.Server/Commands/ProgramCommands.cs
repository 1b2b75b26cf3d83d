using System.CommandLine;
using DurableChat.ScaleTest.Commands;
using DurableChat.Server.Recorders;
using DurableChat.Server.Terminal;

namespace DurableChat.Server.Commands;

/// <summary>All commands of the program.</summary>
internal static class ProgramCommands
{
    public static RootCommand Create() => new("DurableChat: a durable chat-streaming server for AI assistants.")
    {
        ServeCommand.Create(),
        RecorderCommand.Create(),
        BackupCommand.Create(),
        RestoreCommand.Create(),
        TokenCommand.Create(),
        SecretCommand.Create(),
        TalkCommand.Create(),
        ModelsCommand.Create(),
        ChatsCommand.Create(),
        ExportCommand.Create(),
        ImportCommand.Create(),
        CompletionCommand.Create(),
        ScaleTestCommand.Create(),
    };
}
