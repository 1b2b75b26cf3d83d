using DurableChat.Bench.Targets;

namespace DurableChat.Bench.Storm;

/// <summary>A server that meets the storm.</summary>
/// <param name="Name">In figures.</param>
/// <param name="Title">In the table.</param>
/// <param name="Target">Which server.</param>
/// <param name="DurableWindow">For DurableChat: how many messages its window holds.</param>
internal sealed record StormCase(string Name, string Title, TargetSpec Target, int? DurableWindow)
{
    private const string OursPath = "/api/v1/chats/{id}/stream?last_event_id={position}";

    public static IReadOnlyList<StormCase> All { get; } =
    [
        new("cache", "DurableChat on PostgreSQL", Find("ours-sse") with { Path = OursPath }, DurableWindow: null),
        new("no-cache", "the same, window off", Find("ours-sse") with { Path = OursPath }, DurableWindow: 0),
        new(
            "resumable-stream",
            "resumable-stream + Redis (Node.js)",
            Find("resumable-stream") with { Path = "/stream?chat={n}&received={received}" },
            DurableWindow: null),
    ];

    public bool IsOurs => Target.Script is null;

    private static TargetSpec Find(string name) => TargetSpec.All.Single(target => target.Name == name);
}
