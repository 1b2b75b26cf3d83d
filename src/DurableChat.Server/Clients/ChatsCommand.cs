using System.CommandLine;
using System.Globalization;
using DurableChat.Chats;

namespace DurableChat.Server.Clients;

/// <summary>The command that lists chats.</summary>
internal static class ChatsCommand
{
    public static Command Create()
    {
        var all = new Option<bool>("--all") { Description = "Archived chats too." };
        var limit = new Option<int>("--limit") { Description = "How many at most.", DefaultValueFactory = _ => 50 };
        limit.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !(int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number > 0))
            {
                result.AddError("--limit is a whole number from 1 on.");
            }
        });
        var client = new ClientOptions();
        var command = new Command("chats", "Lists your chats, those changed last first.") { all, limit };
        client.AddTo(command);
        command.SetAction((parsed, cancellationToken) => client.RunAsync(parsed, async api =>
        {
            var rows = new List<string[]>();
            await foreach (var chat in api.ListChatsAsync(parsed.GetValue(all), cancellationToken).Take(parsed.GetValue(limit)).WithCancellation(cancellationToken))
            {
                rows.Add([$"{chat.Id}", $"{chat.UpdatedAt.LocalDateTime:yyyy-MM-dd HH:mm}", chat.Archived ? "archived" : Word(chat.Status), chat.Model, chat.Title]);
            }

            PlainTable.Write(Console.Out, rows);
            return ClientExit.Done;
        }));
        return command;
    }

    /// <summary>A status for people.</summary>
    public static string Word(ChatStatus status) => status switch
    {
        ChatStatus.Waiting => "waiting",
        ChatStatus.Running => "running",
        ChatStatus.Interrupting => "stopping",
        ChatStatus.RequiresAction => "needs a tool",
        _ => "failed",
    };
}
