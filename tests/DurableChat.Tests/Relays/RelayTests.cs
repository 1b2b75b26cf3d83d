using CsCheck;
using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DurableChat.Tests.Relays;

/// <summary>Parts on their way from the replica that makes them to one that shows them.</summary>
public sealed class RelayTests
{
    private readonly Stage _stage = new();
    private readonly Feed _origin;
    private readonly Feed _remote;
    private long _progress;

    public RelayTests()
    {
        var created = _stage.Create();
        _origin = Replica("a");
        _remote = Replica("b");
        _origin.Publish(created);
        _remote.Publish(created);
    }

    [Fact]
    public void Every_part_arrives_as_it_was_published_whatever_was_joined_on_the_way() => Gen.Int[1, 300].Sample(
        parts =>
        {
            var test = new RelayTests();
            test._origin.BeginGeneration(1);
            for (var i = 1; i <= parts; i++)
            {
                test._origin.AppendPart(1, i % 50 == 0 ? new ReasoningPart($"r{i} ") : new TextPart($"{i} "));
            }

            Assert.Equal(parts, test.Relay());
            Assert.Equal(test._origin.TryGetParts(1)!.ToString(), test._remote.TryGetParts(1)!.ToString());
            Assert.Equal(Texts(test._origin), Texts(test._remote));
        },
        iter: 50);

    [Fact]
    public void A_relay_that_reconnects_repeats_nothing()
    {
        _origin.BeginGeneration(1);
        _origin.AppendPart(1, new TextPart("one "));
        Relay();
        _origin.AppendPart(1, new TextPart("two "));

        // From the beginning again, as after a lost connection.
        long generation = 0, seq = 0;
        while (_origin.LookForRelay(ref generation, ref seq, ref _progress, out var frame, out _) && frame is not null)
        {
            Assert.Equal(RelayOutcome.Taken, _remote.AppendRelayed(frame));
        }

        Assert.Equal("one two ", Texts(_remote));
    }

    [Fact]
    public void A_gap_is_noticed_and_not_shown()
    {
        _origin.BeginGeneration(1);
        _origin.AppendPart(1, new TextPart("one "));
        _origin.AppendPart(1, new TextPart("two "));
        long generation = 1, seq = 1;
        Assert.True(_origin.LookForRelay(ref generation, ref seq, ref _progress, out var second, out _));
        Assert.Equal(RelayOutcome.Gap, _remote.AppendRelayed(second!));
        Assert.Null(_remote.TryGetParts(1));
    }

    [Fact]
    public void Parts_of_an_answer_that_has_committed_are_not_shown_again()
    {
        _origin.BeginGeneration(1);
        _origin.AppendPart(1, new TextPart("late "));
        long generation = 0, seq = 0;
        Assert.True(_origin.LookForRelay(ref generation, ref seq, ref _progress, out var late, out _));
        var finished = _stage.Finish("late ");
        _remote.PublishRemote(finished.Next, finished.Appended, TimeSpan.Zero);
        Assert.Equal(RelayOutcome.Taken, _remote.AppendRelayed(late!));
        Assert.Null(_remote.TryGetParts(1));
        _origin.Publish(finished);
        Assert.False(_origin.LookForRelay(ref generation, ref seq, ref _progress, out _, out _));
    }

    [Fact]
    public void Parts_that_overtake_the_news_of_their_commit_wait_for_it()
    {
        _origin.Publish(_stage.Finish());
        var sent = _stage.Send("again");
        _origin.Publish(sent);
        _origin.BeginGeneration(sent.Next.Generation);
        _origin.AppendPart(sent.Next.Generation, new TextPart("early "));
        long generation = 0, seq = 0;
        Assert.True(_origin.LookForRelay(ref generation, ref seq, ref _progress, out var early, out _));
        Assert.Equal(RelayOutcome.Ahead, _remote.AppendRelayed(early!));
    }

    [Fact]
    public void A_relay_is_wanted_only_while_somebody_follows_a_turn_that_runs_elsewhere()
    {
        Assert.Null(_remote.RelayTarget);
        _remote.Join(new SubscriberCursor(default));
        _origin.Join(new SubscriberCursor(default));
        Assert.Equal("a", _remote.RelayTarget!.Replica);
        Assert.Null(_origin.RelayTarget);
        var finished = _stage.Finish();
        _remote.PublishRemote(finished.Next, finished.Appended, TimeSpan.Zero);
        Assert.Null(_remote.RelayTarget);
    }

    private static string Texts(Feed feed) => string.Concat(feed.TryGetParts(1)!.Select(part => part is TextPart text ? $"t:{text.Text}" : $"r:{((ReasoningPart)part).Text}")).Replace("t:", "", StringComparison.Ordinal);

    private long Relay()
    {
        long generation = 0, seq = 0;
        while (_origin.LookForRelay(ref generation, ref seq, ref _progress, out var frame, out _) && frame is not null)
        {
            Assert.Equal(RelayOutcome.Taken, _remote.AppendRelayed(frame));
        }

        return seq;
    }

    private Feed Replica(string name)
    {
        var time = new FakeTimeProvider();
        return new FeedRegistry(new FeedOptions(), new FeedMetrics(null, time), time) { Replica = name }.Pin(_stage.Id).Feed;
    }
}
