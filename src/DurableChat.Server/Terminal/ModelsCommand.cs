using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DurableChat.Client;

namespace DurableChat.Server.Terminal;

/// <summary>The command that lists models.</summary>
internal static class ModelsCommand
{
    private static readonly JsonSerializerOptions _json =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static Command Create()
    {
        var client = new ClientOptions();
        var command = new Command("models", "Lists the models of a server; the default has a star.");
        client.AddTo(command);
        command.SetAction((parsed, cancellationToken) => client.RunAsync(parsed, async server =>
        {
            var models = await server.Client.ListModelsAsync(cancellationToken);
            PlainTable.Write(Console.Out, [.. models.Select(RowOf)]);
            return ClientExit.Done;
        }));
        return command;
    }

    private static string[] RowOf(ModelInfo model) =>
        [(model.IsDefault ? "* " : "  ") + model.Name, model.Description ?? "", Allows(model.Allow)];

    /// <summary>The settings that <c>--set</c> may choose.</summary>
    private static string Allows(AllowedSettings? allow)
    {
        if (allow is null)
        {
            return "";
        }

        var members = JsonSerializer.SerializeToNode(allow, _json)!.AsObject();
        var texts = members.Select(member => Allows(member.Key, member.Value));
        return string.Join(' ', texts.Where(text => text.Length > 0));
    }

    private static string Allows(string name, JsonNode? allowed) => allowed switch
    {
        JsonArray words => $"{name}={string.Join('|', words.Select(word => (string?)word))}",
        JsonObject bounds => string.Create(
            CultureInfo.InvariantCulture, $"{name}={(double?)bounds["min"]}..{(double?)bounds["max"]}"),
        JsonValue flag when flag.GetValueKind() == JsonValueKind.True => name,
        _ => "",
    };
}
