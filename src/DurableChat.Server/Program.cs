using System.CommandLine;
using DurableChat.ScaleTest.Commands;
using DurableChat.ScaleTest.Mock;
using DurableChat.Server;
using DurableChat.Server.Chaos;

var root = new RootCommand("DurableChat: a durable chat-streaming server for AI assistants.")
{
    ServeCommand.Create(),
    TokenCommand.Create(),
    ScaleTestCommand.Create(),
    ChaosCommand.Create(InProcessWorld.StartAsync, InProcessWorld.Faults),
    LlmMockCommand.Create(),
};

// The host listens to signals itself; the command line's own handling would cut the drain short.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
