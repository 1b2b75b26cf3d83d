using System.CommandLine;
using System.Globalization;
using DurableChat.Client;

namespace DurableChat.Server.Terminal;

/// <summary>The command that lists chats.</summary>
internal static class ChatsCommand
{
    private const int Page = 200;

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
        command.SetAction((parsed, cancellationToken) => client.RunAsync(parsed, async server =>
        {
            var chats = await ReadAsync(server.Client, parsed.GetValue(all), parsed.GetValue(limit), cancellationToken);
            PlainTable.Write(
                Console.Out,
                [.. chats.Select(chat => new[] { chat.Id, $"{chat.UpdatedAt.LocalDateTime:yyyy-MM-dd HH:mm}", chat.Archived ? "archived" : Word(chat.Status), chat.Model, chat.Title })]);
            return ClientExit.Done;
        }));
        return command;
    }

    private static async Task<List<ChatListEntry>> ReadAsync(DurableChatClient client, bool withArchived, int limit, CancellationToken cancellationToken)
    {
        var chats = new List<ChatListEntry>();
        string? cursor = null;
        do
        {
            var page = await client.ListChatsAsync(Math.Min(Page, limit - chats.Count), cursor, withArchived ? null : false, cancellationToken);
            chats.AddRange(page.Chats);
            cursor = page.NextCursor;
        }
        while (cursor is not null && chats.Count < limit);
        return chats;
    }

    /// <summary>The text for a status.</summary>
    private static string Word(string status) => status switch
    {
        ChatStatuses.Interrupting => "stopping",
        ChatStatuses.RequiresAction => "needs a tool",
        ChatStatuses.Error => "failed",
        _ => status,
    };
}
