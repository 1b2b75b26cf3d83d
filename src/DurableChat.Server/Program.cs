using System.CommandLine;
using System.CommandLine.Invocation;
using DurableChat.Server.Commands;
using DurableChat.Server.Text;

var parsed = ProgramCommands.Create().Parse(args);
if (parsed.Action is ParseErrorAction)
{
    return await PlainErrors.SayAsync(CommandLineErrors.Describe(parsed));
}

// The host handles signals itself; the command line's own handling would cut the drain short.
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
