using System.CommandLine;
using DurableChat.ScaleTest.Commands;
using DurableChat.ScaleTest.Mock;
using DurableChat.Server;

var root = new RootCommand("DurableChat: a durable chat-streaming server for AI assistants.")
{
    ServeCommand.Create(),
    TokenCommand.Create(),
    ScaleTestCommand.Create(),
    LlmMockCommand.Create(),
};

// The host listens to signals itself; the command line's own handling would cut the drain short.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
