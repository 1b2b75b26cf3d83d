using System.CommandLine;
using DurableChat.Bench.Fanout;
using DurableChat.Bench.History;
using DurableChat.Bench.Idle;
using DurableChat.Bench.Load;
using DurableChat.Bench.Micro;
using DurableChat.Bench.Reporting;
using DurableChat.Bench.Seed;
using DurableChat.Bench.Statements;
using DurableChat.Bench.Storm;
using DurableChat.Bench.Targets;

var root = new RootCommand("Measures DurableChat beside the physical limit and beside what a user would take instead.")
{
    Part.Create("micro", "Micro-benchmarks.", MicroRun.RunAsync),
    FanoutCommand.Create(),
    Part.Create("idle", "Memory of subscribers to whom nothing is sent.", IdleRun.RunAsync),
    Part.Create("statements", "What an idle cluster asks of its database.", StatementsRun.RunAsync),
    Part.Create("storm", "Thousands are cut and resume at once.", StormRun.RunAsync),
    Part.Create(
        "seed", "The scale test's storm, with the window and without, and how its cost grows.", SeedRun.RunAsync),
    Part.Create("history", "Turns in short and in very long chats.", HistoryRun.RunAsync),
    ServeCommand.Create(),
    LoadCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
