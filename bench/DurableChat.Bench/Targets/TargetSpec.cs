namespace DurableChat.Bench.Targets;

/// <summary>A server that can be put to the test.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Title">What it is called in tables.</param>
/// <param name="Transport">How subscribers connect.</param>
internal sealed record TargetSpec(string Name, string Title, Transport Transport)
{
    /// <summary>All of them, in the order of the tables.</summary>
    public static IReadOnlyList<TargetSpec> All { get; } =
    [
        new("ours-sse", "DurableChat, SSE", Transport.Sse) { Path = "/api/v1/chats/{id}/stream", Ready = "\"status\"" },
        new("ours-ws", "DurableChat, WebSocket", Transport.WebSocket)
        {
            Path = "/api/v1/chats/{id}/stream",
            Ready = "\"status\"",
        },
        new("bare-sse", "bare socket server, SSE bytes, a send for each event", Transport.Sse),
        new("bare-ws", "bare socket server, WebSocket bytes, a send for each event", Transport.WebSocket),
        new("gather-sse", "bare socket server, SSE bytes, a send for all that wait", Transport.Sse),
        new("gather-ws", "bare socket server, WebSocket bytes, a send for all that wait", Transport.WebSocket),
        new("kestrel-sse", "Kestrel, SSE, shared bytes", Transport.Sse),
        new("kestrel-ws", "Kestrel, WebSocket, shared bytes", Transport.WebSocket),
        new("signalr", "SignalR (JSON)", Transport.SignalR),
        new("signalr-redis", "SignalR + Redis backplane", Transport.SignalR) { NeedsRedis = true },
        new("redis-streams", "Redis Streams, XREAD BLOCK, SSE", Transport.Sse) { NeedsRedis = true },
        new("resumable-stream", "resumable-stream + Redis (Node.js), SSE", Transport.Sse)
        {
            NeedsRedis = true,
            Script = "resumable-stream.mjs",
        },
    ];

    /// <summary>Where a subscriber connects: <c>{n}</c> is the chat's number, <c>{id}</c> its id.</summary>
    public string Path { get; init; } = "/stream?chat={n}";

    /// <summary>What a subscriber has received once nothing that is published can pass it by.</summary>
    public string Ready { get; init; } = ReadyText;

    /// <summary>What targets say to a subscriber that is registered, where they have nothing of their own.</summary>
    public const string ReadyText = "ready!";

    /// <summary>True if a Redis has to be there.</summary>
    public bool NeedsRedis { get; init; }

    /// <summary>The script in <c>bench/peers</c> that is the server; null for one that this program hosts.</summary>
    public string? Script { get; init; }

    /// <summary>Finds targets by name, with or without the transport; all if none is named.</summary>
    public static IReadOnlyList<TargetSpec> Select(IReadOnlyList<string> only) =>
        only.Count == 0 ? All : [.. All.Where(target => only.Any(
            name => target.Name == name || target.Name == $"{name}-sse" || target.Name == $"{name}-ws"))];
}
