using DurableChat.Chats;

namespace DurableChat.Feeds;

/// <summary>What one feed holds at one moment, for operators: numbers and positions, never content.</summary>
public sealed record FeedReport
{
    /// <summary>The id of the chat.</summary>
    public required ChatId ChatId { get; init; }

    /// <summary>False if the state must be loaded before it is served.</summary>
    public required bool Synced { get; init; }

    /// <summary>The chat's status. Null if the state is unknown.</summary>
    public required ChatStatus? Status { get; init; }

    /// <summary>The version of the newest known state. 0 if none is known.</summary>
    public required long Version { get; init; }

    /// <summary>The history epoch.</summary>
    public required long Epoch { get; init; }

    /// <summary>The id of the newest message.</summary>
    public required long HeadId { get; init; }

    /// <summary>The lease of the worker that drives the chat, if there is one.</summary>
    public required Lease? Lease { get; init; }

    /// <summary>The durable window.</summary>
    public required WindowReport Window { get; init; }

    /// <summary>The answer in flight, if there is one.</summary>
    public required LiveReport? Live { get; init; }

    /// <summary>The approximate total size in memory.</summary>
    public required long Bytes { get; init; }

    /// <summary>The number of pins: subscribers, runs and requests.</summary>
    public required int Pins { get; init; }

    /// <summary>The number of streams that follow the chat here.</summary>
    public required int Subscribers { get; init; }

    /// <summary>Positions of subscribers. Incomplete if there are many.</summary>
    public required IReadOnlyList<string> Cursors { get; init; }

    /// <summary>How long the feed has not been read or published to.</summary>
    public required double IdleSeconds { get; init; }

    internal static FeedReport Of(
        FeedKnowledge knowledge, FeedHolds holds, long bytes, TimeSpan idle, int maxCursors)
    {
        var (chat, window, live) = (knowledge.Chat, knowledge.Window, knowledge.Answer.Live);
        return new FeedReport
        {
            ChatId = knowledge.Id,
            Synced = knowledge.Phase == FeedPhase.Present,
            Status = chat?.Status,
            Version = chat?.Version ?? 0,
            Epoch = chat?.Epoch ?? 0,
            HeadId = chat?.LastMessageId ?? 0,
            Lease = chat?.Lease,
            Window = new WindowReport(window.Floor, window.Tail, window.Count, window.Bytes),
            Live = live is null ? null : new LiveReport(live.Generation, live.LastSeq, live.Chars, live.Bytes),
            Bytes = bytes,
            Pins = holds.Pins,
            Subscribers = holds.Subscribers,
            Cursors = holds.Positions(maxCursors),
            IdleSeconds = idle.TotalSeconds,
        };
    }
}

/// <summary>The run of messages that a feed holds: all with ids above the floor, up to the tail.</summary>
/// <param name="Floor">Messages up to this id are not held.</param>
/// <param name="Tail">The id of the newest held message.</param>
/// <param name="Count">The number of held messages.</param>
/// <param name="Bytes">Their size in memory.</param>
public sealed record WindowReport(long Floor, long Tail, int Count, int Bytes);

/// <summary>The answer in flight.</summary>
/// <param name="Generation">The generation of the answer.</param>
/// <param name="LastSeq">The number of its newest part.</param>
/// <param name="Chars">Its length, in UTF-16 code units.</param>
/// <param name="Bytes">Its size in memory.</param>
public sealed record LiveReport(long Generation, long LastSeq, int Chars, int Bytes);
