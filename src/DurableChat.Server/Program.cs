using System.CommandLine;
using System.CommandLine.Invocation;
using DurableChat.ScaleTest.Commands;
using DurableChat.ScaleTest.Mock;
using DurableChat.Server;
using DurableChat.Server.Chaos;
using DurableChat.Server.Clients;
using DurableChat.Server.Recorders;

var root = new RootCommand("DurableChat: a durable chat-streaming server for AI assistants.")
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
    ChaosCommand.Create(InProcessWorld.StartAsync, InProcessWorld.Faults),
    LlmMockCommand.Create(),
};

var parsed = root.Parse(args);
if (parsed.Action is ParseErrorAction)
{
    return await PlainErrors.SayAsync(CommandLineErrors.Describe(parsed));
}

// The host listens to signals itself; the command line's own handling would cut the drain short.
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
