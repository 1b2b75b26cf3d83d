using System.CommandLine;
using System.CommandLine.Parsing;
using DurableChat.Server.Text;

namespace DurableChat.Server.Commands;

/// <summary>Explains an invalid command line in one sentence.</summary>
internal static class CommandLineErrors
{
    /// <summary>The suffix that the parser adds to its sentences, with the name of a runtime type.</summary>
    private const string TypeName = " as expected type ";

    /// <summary>The sentence for an invalid command line.</summary>
    public static string Describe(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var names = command.Options.SelectMany(option => option.Aliases.Prepend(option.Name)).Concat(command.Subcommands.Select(sub => sub.Name)).ToArray();
        var sentences = parsed.Errors.Select(Describe).Distinct();
        var meant = parsed.UnmatchedTokens.Select(token => NearestName.Find(token, names)).OfType<string>().Select(name => $"Did you mean '{name}'?");
        var help = command is RootCommand ? "durablechat --help" : $"durablechat {command.Name} --help";
        return string.Join(' ', [.. sentences, .. meant, $"'{help}' tells what there is."]);
    }

    private static string Describe(ParseError error)
    {
        var sentence = error.Message.IndexOf(TypeName, StringComparison.Ordinal) is >= 0 and var end ? $"{error.Message[..end]}." : error.Message;
        var option = error.SymbolResult as OptionResult ?? error.SymbolResult?.Parent as OptionResult;
        return option is null || sentence.Contains(option.Option.Name, StringComparison.Ordinal) ? sentence : $"{option.Option.Name}: {sentence}";
    }
}
