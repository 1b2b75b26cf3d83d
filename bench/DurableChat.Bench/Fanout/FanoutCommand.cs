using System.CommandLine;
using DurableChat.Bench.Reporting;

namespace DurableChat.Bench.Fanout;

/// <summary>The command that measures fan-out.</summary>
internal static class FanoutCommand
{
    public static Command Create()
    {
        var only = new Option<string?>("--only")
        {
            Description = "Targets, with commas between them, e.g. ours,bare,signalr.",
        };
        var shapes = new Option<string?>("--shapes")
        {
            Description = "Shapes, with commas between them: 1x1, 1x100, 1x1000, 1x5000, 1000x1.",
        };
        var rounds = new Option<int?>("--rounds") { Description = "How many rounds the medians are of." };
        var quick = new Option<bool>("--quick") { Description = "One round of one shape." };
        var window = new Option<int>("--window")
        {
            Description = "How many events of one chat are under way when it is saturated.",
            DefaultValueFactory = _ => 16,
        };
        var command = new Command(
            "fanout",
            "Measures deliveries to many subscribers. With --only or --shapes it prints and writes nothing down.")
        {
            only,
            shapes,
            rounds,
            window,
            quick,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var isQuick = parsed.GetValue(quick);
            var options = new FanoutOptions(
                Names(parsed.GetValue(only)),
                Names(parsed.GetValue(shapes)),
                parsed.GetValue(rounds) ?? (isQuick ? 1 : 3),
                parsed.GetValue(window),
                isQuick);
            var cells = await new FanoutRun(options).RunAsync(cancellationToken);
            PartWriter.Write(
                FanoutReport.Make(cells, options.Rounds),
                isQuick || options.Only.Count > 0 || options.Shapes.Count > 0);
        });
        return command;
    }

    private static string[] Names(string? list) =>
        list?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}
