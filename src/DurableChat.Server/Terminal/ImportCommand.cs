using System.CommandLine;
using System.Text.Json;
using DurableChat.Client;
using DurableChat.Server.Text;

namespace DurableChat.Server.Terminal;

/// <summary>The command that creates a chat from an exported one.</summary>
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
            ChatExport export;
            try
            {
                var text = parsed.GetRequiredValue(file) is var path && path == "-" ? await Console.In.ReadToEndAsync(cancellationToken) : await File.ReadAllTextAsync(path, cancellationToken);
                export = Read(text);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
            {
                return await PlainErrors.SayAsync($"'{parsed.GetValue(file)}' cannot be imported: {exception.Message}");
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

    /// <summary>Reads the output of 'export'.</summary>
    /// <exception cref="FormatException">The text is not an export. The message says what is wrong.</exception>
    internal static ChatExport Read(string text)
    {
        try
        {
            var export = JsonSerializer.Deserialize<ChatExport>(text, ExportJson.Options);
            return export is not { Format: ChatExport.CurrentFormat, Messages: not null }
                ? throw new FormatException($"It is not an export of the format '{ChatExport.CurrentFormat}'.")
                : export.IsWhole ? export
                : throw new FormatException("A message in it has no role or no parts, or the title or the model is missing.");
        }
        catch (JsonException exception)
        {
            throw new FormatException(exception.Message, exception);
        }
    }

    /// <summary>Creates the request for a new chat from an export.</summary>
    internal static NewChatRequest Request(ChatExport export, string? model) =>
        new() { Model = model ?? export.Model, Title = export.Title, History = [.. export.Messages.Select(HistoryEntry.From)] };
}
