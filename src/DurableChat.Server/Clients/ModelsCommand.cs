using System.CommandLine;

namespace DurableChat.Server.Clients;

/// <summary>The command that lists models.</summary>
internal static class ModelsCommand
{
    public static Command Create()
    {
        var client = new ClientOptions();
        var command = new Command("models", "Lists the models of a server; the default has a star.");
        client.AddTo(command);
        command.SetAction((parsed, cancellationToken) => client.RunAsync(parsed, async server =>
        {
            var models = await server.Client.ListModelsAsync(cancellationToken);
            PlainTable.Write(Console.Out, [.. models.Select(model => new[] { (model.IsDefault ? "* " : "  ") + model.Name, model.Description ?? "" })]);
            return ClientExit.Done;
        }));
        return command;
    }
}
