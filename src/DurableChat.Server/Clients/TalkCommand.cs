using System.CommandLine;
using System.CommandLine.Completions;
using System.Runtime.InteropServices;
using Spectre.Console;

namespace DurableChat.Server.Clients;

/// <summary>The command that chats: in a terminal as a conversation, else as one question and its answer.</summary>
internal static class TalkCommand
{
    public static Command Create()
    {
        var chat = new Argument<string?>("CHAT") { Description = "The id of a chat to go on with; left out, a new one.", Arity = ArgumentArity.ZeroOrOne };
        var message = new Option<string?>("--message", "-m") { Description = "Asks this one question. Left out, the question is the standard input if that is no terminal." };
        var model = new Option<string?>("--model") { Description = "The model of a new chat; 'durablechat models' lists them." };
        var client = new ClientOptions();
        var command = new Command("chat", "Chats. Ctrl-C stops the answer, and again leaves.") { chat, message, model };
        client.AddTo(command);
        ChatArgument.Complete(chat, client);
        model.CompletionSources.Add(context => client.Complete(
            context.ParseResult, async (server, cancellationToken) => (await server.ListModelsAsync(cancellationToken)).Select(model => model.Name)).Select(name => new CompletionItem(name)));
        command.Validators.Add(result =>
        {
            if (result.GetValue(chat) is not null && result.GetValue(model) is not null)
            {
                result.AddError("--model is for a new chat; one that exists keeps its model.");
            }
        });
        command.SetAction((parsed, cancellationToken) => client.RunAsync(parsed, async server =>
        {
            var printer = Console.IsOutputRedirected ? null : new AnswerPrinter(AnsiConsole.Console);
            if (printer is not null && parsed.GetValue(message) is null && !Console.IsInputRedirected)
            {
                return await TalkAsync(new Conversation(server, printer, parsed.GetValue(model)), parsed.GetValue(chat), cancellationToken);
            }

            var content = parsed.GetValue(message) ?? (await Console.In.ReadToEndAsync(cancellationToken)).TrimEnd();
            return string.IsNullOrWhiteSpace(content)
                ? await PlainErrors.SayAsync("There is no question: give it with --message or on the standard input.")
                : await AskAsync(new Question(server, Console.Out, printer), parsed.GetValue(chat), content, parsed.GetValue(model), cancellationToken);
        }));
        return command;
    }

    private static async Task<int> AskAsync(Question question, string? chat, string content, string? model, CancellationToken cancellationToken)
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
            return await question.AskAsync(chat, content, model, leave.Token);
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

        // Nothing can end a read from a terminal, so it has a thread of its own that goes with the process.
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
