using System.CommandLine;
using DurableChat.Lab;
using DurableChat.Lab.Hostile;

var root = new RootCommand("Attacks a DurableChat server of its own, and shows what others notice of it.")
{
    AbuseCommand.Create(),
    McpHostCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
