using System.Text.Json;

namespace DurableChat.Lab.Chaos;

/// <summary>A chat's state as a replica tells it.</summary>
/// <param name="Status">Where it stands.</param>
/// <param name="IsArchived">True if it is put away.</param>
/// <param name="Version">Its version.</param>
/// <param name="LastMessageId">Its newest message.</param>
/// <param name="Queue">What waits, its head first: id and text.</param>
/// <param name="PendingCalls">Calls that wait for results.</param>
/// <param name="Error">The code of the error.</param>
internal sealed record ChatView(
    string Status,
    bool IsArchived,
    long Version,
    long LastMessageId,
    IReadOnlyList<(long Id, string Text)> Queue,
    IReadOnlyList<string> PendingCalls,
    string? Error)
{
    /// <summary>What all its answers have cost.</summary>
    public Cost Usage { get; init; }

    /// <summary>True if nothing goes on, and nothing will without a client.</summary>
    public bool IsAtRest => Status is "waiting" or "error" or "requires_action";

    /// <summary>Reads it.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static ChatView Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        return new ChatView(
            root.GetProperty("status").GetString()!,
            root.GetProperty("archived").GetBoolean(),
            root.GetProperty("version").GetInt64(),
            root.GetProperty("last_message_id").GetInt64(),
            [.. root.GetProperty("queue")
                .EnumerateArray()
                .Select(queued => (queued.GetProperty("id").GetInt64(), queued.GetProperty("content").GetString()!))],
            [.. root.GetProperty("pending_tool_calls")
                .EnumerateArray()
                .Select(call => call.GetProperty("call_id").GetString()!)],
            root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object
                ? error.GetProperty("code").GetString()
                : null)
        {
            Usage = Cost.Read(root),
        };
    }

    public override string ToString() =>
        $"{Status}{(IsArchived ? ", archived" : "")} at version {Version}, last message {LastMessageId}, {Queue.Count} "
            + $"queued, {PendingCalls.Count} calls pending{(Error is null ? "" : $", error {Error}")}";
}
