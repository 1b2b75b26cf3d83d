using System.CommandLine;
using System.Globalization;

namespace DurableChat.Bench.Targets;

/// <summary>
/// The command that is a server under test. It prints <c>ready PORT CONTROL</c>, and ends with its input.
/// </summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("target");
        var chats = new Option<int>("--chats") { DefaultValueFactory = _ => 1 };
        var redis = new Option<int>("--redis");
        var store = new Option<string?>("--store");
        var window = new Option<int?>("--durable-window");
        var command = new Command("serve", "Is a server under test, for the other commands.")
        {
            name,
            chats,
            redis,
            store,
            window,
        };
        command.Hidden = true;
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new TargetOptions(parsed.GetValue(name)!, parsed.GetValue(redis))
            {
                Store = parsed.GetValue(store),
                DurableWindow = parsed.GetValue(window),
            }, parsed.GetValue(chats), cancellationToken));
        return command;
    }

    private static async Task RunAsync(TargetOptions options, int chats, CancellationToken cancellationToken)
    {
        await using var target = Open(options);
        var port = await target.StartAsync(chats);
        var control = new ControlLoop(target);
        control.Start();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ready {port} {control.Port}"));
        await Console.In.ReadToEndAsync(cancellationToken);
    }

    private static ITarget Open(TargetOptions options) => options.Name switch
    {
        "ours-sse" or "ours-ws" => new OursTarget(options.Store, options.DurableWindow),
        "bare-sse" => new BareTarget(isWebSocket: false, gathers: false),
        "bare-ws" => new BareTarget(isWebSocket: true, gathers: false),
        "gather-sse" => new BareTarget(isWebSocket: false, gathers: true),
        "gather-ws" => new BareTarget(isWebSocket: true, gathers: true),
        "kestrel-sse" or "kestrel-ws" => new KestrelTarget(),
        "signalr" => new SignalRTarget(redisPort: null),
        "signalr-redis" => new SignalRTarget(options.RedisPort),
        "redis-streams" => new RedisStreamsTarget(options.RedisPort),
        _ => throw new ArgumentException($"There is no target '{options.Name}' here.", nameof(options)),
    };
}
