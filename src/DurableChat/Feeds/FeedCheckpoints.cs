using DurableChat.Chats;

namespace DurableChat.Feeds;

/// <summary>
/// The parts of the answer in flight, as checkpoints and a worker that restores them see them. Thread-safe.
/// </summary>
internal sealed class FeedCheckpoints(FeedGuard guard)
{
    /// <summary>
    /// The answer in flight is complete: removes parts of an earlier attempt that it does not have. Returns all parts,
    /// joined, and whether some of the earlier ones were removed. Null if the generation is over or belongs to another
    /// worker.
    /// </summary>
    public (IReadOnlyList<MessagePart> Parts, bool HasDiverged)? Complete(long generation, long token = 0) =>
        guard.Change((generation, token), static (of, with) =>
        {
            var answer = of.Knowledge.Answer;
            var before = answer.Live?.LastSeq;
            return answer.Complete(with.generation, with.token, of.Now) is { } live
                ? (live.LastSeq == before ? FeedChange.None : FeedChange.Answer, (live.ToParts(), live.HasDiverged))
                : (FeedChange.None, ((IReadOnlyList<MessagePart>, bool)?)null);
        });

    /// <inheritdoc cref="AnswerInFlight.HasBegun"/>
    public bool HasBegun(long generation, long token) =>
        guard.Read(of => of.Knowledge.Answer.HasBegun(generation, token));

    /// <inheritdoc cref="AnswerInFlight.Restore"/>
    public void Restore(IReadOnlyList<RelayFrame> frames) => guard.Change(frames, static (of, stored) =>
        of.Knowledge.Answer.Restore(of.Knowledge.Chat, stored, of.Now) ? FeedChange.Answer : FeedChange.None);

    /// <summary>
    /// The newest part of the answer that a worker here generates. Null if there is none. Does not count as use.
    /// </summary>
    public (long Generation, long Seq)? LastPart(long token) => guard.Read(of =>
        of.Knowledge is { Chat.Lease: { } lease, Answer.Live: { LastSeq: > 0 } live } && lease.Token == token
            ? (live.Generation, live.LastSeq)
            : ((long, long)?)null);

    /// <summary>
    /// The parts after a number that a worker here has generated, for a checkpoint. Does not count as use.
    /// </summary>
    /// <param name="token">The fencing token of the worker.</param>
    /// <param name="stored">Up to which part of which generation they are stored.</param>
    /// <param name="maxBytes">The most bytes to return.</param>
    public IReadOnlyList<RelayFrame> Read(long token, (long Generation, long Seq) stored, long maxBytes) =>
        guard.Read(of => of.Knowledge is { Chat: { Lease: { } lease } chat, Answer.Live: { } live } knowledge
            && lease.Token == token
            && live.Generation == stored.Generation
                ? knowledge.Answer.ReadForCheckpoint(stored.Seq, chat.Version, maxBytes)
                : []);
}
