using CsCheck;
using DurableChat.Recorder.Ledgers;
using Xunit;

namespace DurableChat.Integration.Tests.Recorders;

/// <summary>What the recorder decides, without its connections.</summary>
public sealed class LedgerTests
{
    private static readonly LedgerLimits _limits = new()
    {
        MaxExchanges = 4,
        KeepTime = TimeSpan.FromSeconds(10),
        OrphanTime = TimeSpan.FromSeconds(6),
        MaxTime = TimeSpan.FromSeconds(40),
        MaxRestingChats = 3,
    };

    private static readonly Gen<Claim> _claims = Gen.Select(
        Gen.Int[0, 2], Gen.Long[1, 2], Gen.Long[1, 3], Gen.Long[1, 6], Gen.Long[1, 4], Gen.Long[0, 3],
        (chat, epoch, head, generation, token, after) =>
            new Claim($"chat{chat}", new Position(epoch, head), generation, token) { After = after });

    private static readonly Gen<Step> _steps = Gen.Select(
        Gen.Int[0, 9], _claims, Gen.Int[0, 2], Gen.Int[0, 7], Gen.Int[0, 4],
        (kind, claim, hash, pick, seconds) => new Step(
            kind, claim, $"hash{hash}", pick, TimeSpan.FromSeconds(seconds)));

    /// <summary>Whatever servers ask, in whatever order: one question has one answer, and nobody who has lost a chat
    /// touches it.</summary>
    [Fact]
    public void Any_requests_keep_the_rules() => Check.Sample(_steps.List[0, 60], steps => Run(steps), iter: 3000);

    [Theory]
    [InlineData(1, 3, 2, 5, false)]
    [InlineData(1, 3, 3, 6, true)]
    [InlineData(1, 3, 9, 4, false)]
    [InlineData(1, 2, 3, 6, false)]
    [InlineData(2, 4, 1, 1, true)]
    public void A_claim_behind_a_later_one_is_stale(long epoch, long head, long generation, long token, bool isTaken)
    {
        var ledger = new Ledger<object>(_limits);
        ledger.Ask(new Claim("chat", new Position(1, 3), 2, 5), "hash", default);
        ledger.Forget(new Claim("chat", new Position(1, 3), 2, 5), default);
        var asked = ledger.Ask(new Claim("chat", new Position(epoch, head), generation, token), "hash", default);
        Assert.Equal(isTaken ? Verdict.Begin : Verdict.Stale, asked.Verdict);
    }

    [Fact]
    public void A_second_request_of_a_takeover_finds_what_its_predecessor_asked_second()
    {
        var ledger = new Ledger<object>(_limits);
        var (dead, next) = (new Claim("chat", new Position(1, 3), 2, 5), new Claim("chat", new Position(1, 3), 3, 6));
        var first = ledger.Ask(dead, "with replay", default).Entry!;
        first.End(hasFailed: true, default);
        var second = ledger.Ask(dead, "without replay", default).Entry!;
        Assert.Equal(Verdict.Begin, ledger.Ask(next, "with replay", default).Verdict);
        Assert.Same(second, ledger.Ask(next, "without replay", default).Entry);
    }

    [Fact]
    public void Tokens_are_remembered_without_an_exchange_and_not_for_ever()
    {
        var ledger = new Ledger<object>(_limits);
        var (late, early) = (new Claim("chat", new Position(1, 3), 3, 6), new Claim("chat", new Position(1, 3), 2, 5));
        ledger.Ask(late, "hash", default);
        ledger.Forget(late, default);
        ledger.Expire(TimeSpan.FromSeconds(9));
        Assert.Equal(Verdict.Stale, ledger.Ask(early, "hash", TimeSpan.FromSeconds(9)).Verdict);
        ledger.Expire(TimeSpan.FromSeconds(10));
        Assert.Equal(Verdict.Begin, ledger.Ask(early, "hash", TimeSpan.FromSeconds(10)).Verdict);
    }

    private static void Run(List<Step> steps)
    {
        var ledger = new Ledger<object>(_limits);
        var known = new Dictionary<string, (Fence Fence, Position At, TimeSpan Touched)>();
        var reading = new List<Entry<object>>();
        var gone = new HashSet<Entry<object>>();
        var now = TimeSpan.Zero;
        foreach (var step in steps)
        {
            now += step.Wait;
            switch (step.Kind)
            {
                case < 5:
                    Ask(step);
                    break;
                case 5 when reading.Count > 0:
                    reading[step.Pick % reading.Count].Leave(now);
                    reading.RemoveAt(step.Pick % reading.Count);
                    break;
                case 6 when ledger.All.Where(
                    entry => entry.EndedAt is null).ElementAtOrDefault(step.Pick) is { } running:
                    running.End(step.Pick % 2 == 0, now);
                    break;
                case 7:
                    var isBehind = known.TryGetValue(step.Claim.Chat, out var newest)
                        && step.Claim.Fence.CompareTo(newest.Fence) < 0;
                    var dropped = ledger.Forget(step.Claim, now);
                    Assert.True(!isBehind || dropped is null);
                    Assert.True(dropped is not null || isBehind || !known.ContainsKey(step.Claim.Chat));
                    Drop(dropped ?? []);
                    Assert.DoesNotContain(
                        ledger.All,
                        entry => dropped is not null
                            && entry.Chat == step.Claim.Chat
                            && newest.At.Epoch == step.Claim.At.Epoch
                            && entry.Generation <= step.Claim.Generation);
                    break;
                case 8:
                    Drop(ledger.Expire(now));
                    Assert.DoesNotContain(
                        ledger.All, entry => entry.EndedAt is { } ended && now - ended >= _limits.KeepTime);
                    Assert.DoesNotContain(
                        ledger.All,
                        entry => entry.EndedAt is null
                            && entry.UnreadSince is { } unread
                            && now - unread >= _limits.OrphanTime);
                    Assert.DoesNotContain(
                        ledger.All, entry => entry.EndedAt is null && now - entry.BegunAt >= _limits.MaxTime);

                    // What it may have forgotten of leases proves nothing any more.
                    known = known.Where(chat => ledger.All.Any(entry => entry.Chat == chat.Key)).ToDictionary();
                    break;
            }

            Assert.Equal(ledger.Count, ledger.All.Count());
            Assert.True(ledger.Count <= _limits.MaxExchanges);
            Assert.Equal(ledger.Count, ledger.All.Select(entry => (entry.Chat, entry.Hash)).Distinct().Count());
        }

        void Ask(Step step)
        {
            var isBehind = known.TryGetValue(step.Claim.Chat, out var newest)
                && (step.Claim.Fence.CompareTo(newest.Fence) < 0 || step.Claim.At.CompareTo(newest.At) < 0);
            var same = ledger.All.SingleOrDefault(entry => entry.Chat == step.Claim.Chat && entry.Hash == step.Hash);
            var wasFull = ledger.Count == _limits.MaxExchanges;
            var asked = ledger.Ask(step.Claim, step.Hash, now);
            Drop(asked.Dropped);
            Assert.Equal(asked.Verdict is Verdict.Begin or Verdict.Attach, asked.Entry is not null);
            Assert.True(!isBehind || asked.Verdict == Verdict.Stale);
            Assert.True(asked.Verdict != Verdict.Full || wasFull);
            if (asked.Verdict == Verdict.Attach)
            {
                // The same question at the same step, which has not failed before.
                Assert.Same(same, asked.Entry);
                Assert.Equal(newest.At, step.Claim.At);
                Assert.True(asked.Entry!.Generation > step.Claim.After);
            }

            if (asked.Verdict != Verdict.Stale)
            {
                known[step.Claim.Chat] = (step.Claim.Fence, step.Claim.At, now);
                Assert.DoesNotContain(
                    ledger.All, entry => entry.Chat == step.Claim.Chat && entry.Fence != step.Claim.Fence);
            }

            if (asked.Entry is { } entry)
            {
                Assert.False(entry.IsDropped);
                Assert.Null(entry.UnreadSince);
                reading.Add(entry);
            }
        }

        void Drop(IReadOnlyList<Entry<object>> dropped)
        {
            // Each is let go of once: what belongs to it outside is given back then.
            Assert.All(dropped, entry => Assert.True(gone.Add(entry) && entry.IsDropped));
            Assert.DoesNotContain(ledger.All, gone.Contains);
        }
    }

    private sealed record Step(int Kind, Claim Claim, string Hash, int Pick, TimeSpan Wait);
}
