using System.CommandLine;
using DurableChat.Lab;
using DurableChat.Lab.Chaos;
using DurableChat.Lab.Chaos.InProcess;
using DurableChat.Lab.Faults;
using DurableChat.Lab.Hostile;
using DurableChat.ScaleTest.Mock;
using DurableChat.Server.Commands;

var root = new RootCommand("The lab of DurableChat: attacks on servers of its own, faults, and what comes of them. No part of the product.")
{
    AbuseCommand.Create(),
    AttackCommand.Create(),
    ChaosCommand.Create(InProcessWorld.StartAsync, InProcessWorld.Faults),
    LlmMockCommand.Create(),
    McpHostCommand.Create(),
    ServeCommand.Create(LabServer.Configure),
};

// Servers are stopped before an interrupted command ends.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(2) });
