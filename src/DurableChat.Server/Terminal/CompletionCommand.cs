using System.CommandLine;

namespace DurableChat.Server.Terminal;

/// <summary>
/// The command that prints a shell's completion script. The script runs this program at each Tab, since the program
/// knows the words.
/// </summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # In ~/.bashrc: source <(durablechat completion bash)
        _durablechat() {
            local IFS=$'\n' word="${COMP_WORDS[COMP_CWORD]}"
            COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "$word"))
        }
        complete -o default -F _durablechat durablechat
        """;

    private const string Zsh = """
        # In ~/.zshrc, after compinit: source <(durablechat completion zsh)
        _durablechat() {
            local words_left="${(j: :)words[1,CURRENT]}"
            local -a found
            found=("${(@f)$("${words[1]}" "[suggest:${#words_left}]" "$words_left" 2>/dev/null)}")
            compadd -a found || _files
        }
        compdef _durablechat durablechat
        """;

    private const string Fish = """
        # In ~/.config/fish/completions/durablechat.fish
        function __durablechat_complete
            set -l line (commandline -cp)
            durablechat "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c durablechat -a "(__durablechat_complete)"
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Prints a script that lets a shell complete this program's command lines.") { shell };
        command.SetAction(parsed => Console.WriteLine(parsed.GetRequiredValue(shell) switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            _ => Fish,
        }));
        return command;
    }
}
