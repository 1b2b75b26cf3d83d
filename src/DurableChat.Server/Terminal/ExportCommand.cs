using System.CommandLine;
using System.Text;
using System.Text.Json;
using DurableChat.Client;
using DurableChat.Server.Text;

namespace DurableChat.Server.Terminal;

/// <summary>The command that writes a chat to a file.</summary>
internal static class ExportCommand
{
    private const int Page = 500;

    public static Command Create()
    {
        var chat = ChatArgument.Create();
        var format = new Option<string>("--format") { Description = "markdown to read, json to import again.", DefaultValueFactory = _ => "markdown" };
        format.AcceptOnlyFromAmong("markdown", "json");
        var output = new Option<string?>("--output", "-o") { Description = "The file to write; left out, the standard output." };
        var client = new ClientOptions();
        var command = new Command("export", "Writes a chat as Markdown or JSON.") { chat, format, output };
        client.AddTo(command);
        ChatArgument.Complete(chat, client);
        command.SetAction((parsed, cancellationToken) => client.RunAsync(parsed, async server =>
        {
            var export = await ReadAsync(server.Client, parsed.GetRequiredValue(chat), cancellationToken);
            var text = parsed.GetValue(format) == "json" ? JsonSerializer.Serialize(export, ExportJson.Options) + "\n" : MarkdownExport.Write(export);
            if (parsed.GetValue(output) is not { } path)
            {
                await Console.Out.WriteAsync(text);
                return ClientExit.Done;
            }

            try
            {
                await File.WriteAllTextAsync(path, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), cancellationToken);
                return ClientExit.Done;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return await PlainErrors.SayAsync($"'{path}' cannot be written: {exception.Message}");
            }
        }));
        return command;
    }

    private static async Task<ChatExport> ReadAsync(DurableChatClient client, string id, CancellationToken cancellationToken)
    {
        var messages = new List<HistoryMessage>();
        var epoch = 0L;
        while (true)
        {
            var page = await client.ReadAfterAsync(id, messages.Count == 0 ? 0 : messages[^1].Id, Page, cancellationToken);
            if (messages.Count > 0 && page.Epoch != epoch)
            {
                // The history was rewritten meanwhile: the messages read so far do not belong to the rest.
                messages.Clear();
                continue;
            }

            epoch = page.Epoch;
            messages.AddRange(page.Messages);
            if (!page.HasMore)
            {
                var chat = await client.GetChatAsync(id, cancellationToken);
                return new ChatExport(ChatExport.CurrentFormat, chat.Id, chat.Title, chat.Model, chat.CreatedAt, messages);
            }
        }
    }
}
