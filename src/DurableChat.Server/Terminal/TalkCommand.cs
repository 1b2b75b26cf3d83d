using System.CommandLine;
using System.CommandLine.Completions;
using System.Runtime.InteropServices;
using DurableChat.Server.Text;
using Spectre.Console;

namespace DurableChat.Server.Terminal;

/// <summary>
/// The command that chats: as a conversation in a terminal, otherwise as one question and its answer.
/// </summary>
internal static class TalkCommand
{
    public static Command Create()
    {
        var chat = new Argument<string?>("CHAT") { Description = "The id of a chat to go on with; left out, a new one.", Arity = ArgumentArity.ZeroOrOne };
        var message = new Option<string?>("--message", "-m") { Description = "Asks this one question. Left out, the question is the standard input if that is no terminal." };
        var model = new Option<string?>("--model") { Description = "The model of a new chat; 'durablechat models' lists them." };
        var set = new Option<string[]>("--set")
        {
            Description = "A setting for this session's messages, as name=value, e.g. temperature=0.2; may be repeated.",
        };
        var client = new ClientOptions();
        const string Summary = "Chats. Ctrl-C stops the answer, and again leaves.";
        var command = new Command("chat", Summary) { chat, message, model, set };
        client.AddTo(command);
        ChatArgument.Complete(chat, client);
        set.CompletionSources.Add(_ => SettingText.Names.Select(name => new CompletionItem($"{name}=")));
        model.CompletionSources.Add(context => client.Complete(
            context.ParseResult, async (server, cancellationToken) => (await server.ListModelsAsync(cancellationToken)).Select(model => model.Name)).Select(name => new CompletionItem(name)));
        command.Validators.Add(result =>
        {
            try
            {
                SettingText.Read(result.GetValue(set) ?? []);
            }
            catch (FormatException exception)
            {
                result.AddError($"--set: {exception.Message}");
            }
        });
        command.SetAction((parsed, cancellationToken) => client.RunAsync(parsed, async server =>
        {
            var wish = new AnswerWish(parsed.GetValue(model), SettingText.Read(parsed.GetValue(set) ?? []));
            var printer = Console.IsOutputRedirected ? null : new AnswerPrinter(AnsiConsole.Console);
            if (printer is not null && parsed.GetValue(message) is null && !Console.IsInputRedirected)
            {
                return await TalkAsync(
                    new Conversation(server, printer, wish), parsed.GetValue(chat), cancellationToken);
            }

            var content = parsed.GetValue(message) ?? (await Console.In.ReadToEndAsync(cancellationToken)).TrimEnd();
            return string.IsNullOrWhiteSpace(content)
                ? await PlainErrors.SayAsync("There is no question: give it with --message or on the standard input.")
                : await AskAsync(
                    new Question(server, Console.Out, printer),
                    parsed.GetValue(chat),
                    content,
                    wish,
                    cancellationToken);
        }));
        return command;
    }

    private static async Task<int> AskAsync(
        Question question, string? chat, string content, AnswerWish wish, CancellationToken cancellationToken)
    {
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var stop = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = true;
            if (!question.TryStop())
            {
                leave.Cancel();
            }
        });
        try
        {
            return await question.AskAsync(chat, content, wish, leave.Token);
        }
        catch (OperationCanceledException) when (leave.IsCancellationRequested)
        {
            return ClientExit.Stopped;
        }
    }

    private static async Task<int> TalkAsync(Conversation conversation, string? chat, CancellationToken cancellationToken)
    {
        using var stop = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = true;
            conversation.Post(new ConversationInput.Stop());
        });

        // A read from a terminal cannot be cancelled, so it runs on its own thread, which ends with the process.
        new Thread(() => ReadLines(conversation)) { IsBackground = true }.Start();
        return await conversation.RunAsync(chat, cancellationToken);
    }

    private static void ReadLines(Conversation conversation)
    {
        string? line;
        do
        {
            line = Console.ReadLine();
            conversation.Post(new ConversationInput.Line(line));
        }
        while (line is not null);
    }
}
