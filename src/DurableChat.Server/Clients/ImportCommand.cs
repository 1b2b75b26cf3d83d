using System.CommandLine;
using System.Text.Json;
using DurableChat.Client;

namespace DurableChat.Server.Clients;

/// <summary>The command that makes a new chat of an exported one.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "What 'export --format json' has written; - for the standard input." };
        var model = new Option<string?>("--model") { Description = "The model that goes on; left out, the one of the export." };
        var client = new ClientOptions();
        var command = new Command("import", "Makes a new chat of an exported one, and prints its id.") { file, model };
        client.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            ChatExport? export;
            try
            {
                var text = parsed.GetRequiredValue(file) is var path && path == "-" ? await Console.In.ReadToEndAsync(cancellationToken) : await File.ReadAllTextAsync(path, cancellationToken);
                export = JsonSerializer.Deserialize<ChatExport>(text, ExportJson.Options);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
            {
                return await PlainErrors.SayAsync($"'{parsed.GetValue(file)}' cannot be read: {exception.Message}");
            }

            if (export is not { Format: ChatExport.CurrentFormat, Messages: not null })
            {
                return await PlainErrors.SayAsync($"'{parsed.GetValue(file)}' is not an export of the format '{ChatExport.CurrentFormat}'.");
            }

            return await client.RunAsync(parsed, async server =>
            {
                var chat = await server.Client.CreateChatAsync(Request(export, parsed.GetValue(model)), cancellationToken: cancellationToken);
                Console.WriteLine(chat.Id);
                return ClientExit.Done;
            });
        });
        return command;
    }

    private static NewChatRequest Request(ChatExport export, string? model) =>
        new() { Model = model ?? export.Model, Title = export.Title, History = [.. export.Messages.Select(HistoryEntry.From)] };
}
