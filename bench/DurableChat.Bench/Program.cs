using System.CommandLine;
using DurableChat.Bench.Fanout;
using DurableChat.Bench.Load;
using DurableChat.Bench.Targets;

var root = new RootCommand("Measures DurableChat beside the physical limit and beside what a user would take instead.")
{
    FanoutCommand.Create(),
    ServeCommand.Create(),
    LoadCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
