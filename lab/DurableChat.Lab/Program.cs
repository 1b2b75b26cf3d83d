using System.CommandLine;
using DurableChat.Lab;
using DurableChat.Lab.Hostile;

var root = new RootCommand("Attacks a DurableChat server of its own, and shows what others notice of it.")
{
    AbuseCommand.Create(),
    AttackCommand.Create(),
    McpHostCommand.Create(),
};

// Who ends it waits until the servers have been stopped.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(2) });
