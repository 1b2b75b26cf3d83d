using DurableChat.Chats;

namespace DurableChat.Feeds;

/// <summary>What one feed holds at one moment, for operators: numbers and places, never content.</summary>
public sealed record FeedReport
{
    /// <summary>Of which chat.</summary>
    public required ChatId ChatId { get; init; }

    /// <summary>False if the state must be loaded before anybody is served from it.</summary>
    public required bool Synced { get; init; }

    /// <summary>The chat's status; null if the state is not known.</summary>
    public required ChatStatus? Status { get; init; }

    /// <summary>The version of the newest known state; 0 if none is known.</summary>
    public required long Version { get; init; }

    /// <summary>The history epoch.</summary>
    public required long Epoch { get; init; }

    /// <summary>The newest message.</summary>
    public required long HeadId { get; init; }

    /// <summary>Who drives the chat, if somebody does.</summary>
    public required Lease? Lease { get; init; }

    /// <summary>The durable window.</summary>
    public required WindowReport Window { get; init; }

    /// <summary>The answer in flight, if there is one.</summary>
    public required LiveReport? Live { get; init; }

    /// <summary>What all of it takes in memory, about.</summary>
    public required long Bytes { get; init; }

    /// <summary>How many hold the feed: subscribers, runs and requests.</summary>
    public required int Pins { get; init; }

    /// <summary>How many streams follow the chat here.</summary>
    public required int Subscribers { get; init; }

    /// <summary>Positions of subscribers; not all of them if they are many.</summary>
    public required IReadOnlyList<string> Cursors { get; init; }

    /// <summary>How long nobody has looked at it or published to it.</summary>
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
/// <param name="Tail">The newest message that is held.</param>
/// <param name="Count">How many are held.</param>
/// <param name="Bytes">What they take in memory.</param>
public sealed record WindowReport(long Floor, long Tail, int Count, int Bytes);

/// <summary>The answer in flight.</summary>
/// <param name="Generation">Which model call.</param>
/// <param name="LastSeq">The number of its newest part.</param>
/// <param name="Chars">How long it is, in UTF-16 code units.</param>
/// <param name="Bytes">What it takes in memory.</param>
public sealed record LiveReport(long Generation, long LastSeq, int Chars, int Bytes);
