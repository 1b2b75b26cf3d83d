using DurableChat.AspNetCore.Bodies;
using Xunit;

namespace DurableChat.Integration.Tests.Limits;

/// <summary>Who is next in the lane of large bodies, and how places come back.</summary>
public sealed class BodyLaneTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    [Fact]
    public void No_more_than_the_places_are_taken_at_once()
    {
        var lane = new BodyLane(places: 2);
        var all = Enter(lane, "alice", "bob", "carol");
        Assert.Equal([true, true, false], all.Select(entering => entering.IsCompleted));
        lane.Leave();
        Assert.True(IsIn(all[2]));
        lane.Leave();
        lane.Leave();
        Assert.Equal([true, true, false], Enter(lane, "alice", "bob", "carol").Select(entering => entering.IsCompleted));
    }

    [Fact]
    public async Task Owners_take_turns_however_many_bodies_one_has()
    {
        var lane = new BodyLane(places: 1);
        var all = Enter(lane, "alice", "alice", "alice", "alice", "bob", "carol", "bob");
        var order = new List<int>();
        for (var waiting = all.Skip(1).ToList(); waiting.Count > 0;)
        {
            lane.Leave();
            var next = await Task.WhenAny(waiting).WaitAsync(_patience, TestContext.Current.CancellationToken);
            order.Add(Array.IndexOf(all, next));
            waiting.Remove(next);
        }

        // Alice's second, bob's, carol's, and the same again.
        Assert.Equal([1, 4, 5, 2, 6, 3], order);
        Assert.Equal(0, lane.Owners);
    }

    [Fact]
    public async Task One_that_gives_up_leaves_the_line_and_its_owner_is_passed_over()
    {
        var lane = new BodyLane(places: 1);
        using var gone = new CancellationTokenSource();
        var first = Enter(lane, "alice");
        var waiting = lane.EnterAsync("bob", gone.Token).AsTask();
        var next = Enter(lane, "carol");
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(1, lane.Owners);
        lane.Leave();
        Assert.True(IsIn(next[0]));
        Assert.True(IsIn(first[0]));
        lane.Leave();
        Assert.True(Enter(lane, "bob")[0].IsCompleted);
    }

    [Fact]
    public async Task One_that_gives_up_after_its_turn_came_keeps_the_place_until_it_leaves()
    {
        var lane = new BodyLane(places: 1);
        using var gone = new CancellationTokenSource();
        var first = Enter(lane, "alice");
        var second = lane.EnterAsync("bob", gone.Token).AsTask();
        lane.Leave();
        await gone.CancelAsync();
        await second;
        Assert.True(IsIn(first[0]));
        var third = Enter(lane, "carol");
        Assert.False(third[0].IsCompleted);
        lane.Leave();
        Assert.True(IsIn(third[0]));
    }

    [Fact]
    public void Pieces_are_used_again_and_most_are_left_to_the_collector_after_the_last()
    {
        var pieces = new BodyPieces();
        var lent = Enumerable.Range(0, 2 * BodyPieces.MostIdle).Select(_ => pieces.Rent()).ToList();
        lent.Skip(1).ToList().ForEach(pieces.Return);
        Assert.Equal(lent.Count - 1, pieces.Idle);
        var used = pieces.Rent();
        Assert.Contains(used, lent);
        pieces.Return(used);
        pieces.Return(lent[0]);
        Assert.Equal(BodyPieces.MostIdle, pieces.Idle);

        // Until the collector has come, a next burst of bodies takes no new memory.
        var again = lent.Select(_ => pieces.Rent()).ToHashSet();
        Assert.True(again.SetEquals(lent));
    }

    [Fact]
    public void Pieces_that_are_not_used_can_be_collected()
    {
        var pieces = new BodyPieces();
        var lent = Lend();
        GC.Collect();
        Assert.InRange(lent.Count(piece => piece.TryGetTarget(out _)), BodyPieces.MostIdle, BodyPieces.MostIdle + 1);
        Assert.NotNull(pieces.Rent());

        // In a method of its own, so that nothing on the stack keeps one.
        List<WeakReference<byte[]>> Lend()
        {
            var all = Enumerable.Range(0, 2 * BodyPieces.MostIdle).Select(_ => pieces.Rent()).ToList();
            all.ForEach(pieces.Return);
            return [.. all.Select(piece => new WeakReference<byte[]>(piece))];
        }
    }

    private static Task[] Enter(BodyLane lane, params string[] owners) =>
        [.. owners.Select(owner => lane.EnterAsync(owner, TestContext.Current.CancellationToken).AsTask())];

    /// <summary>A place is given before <see cref="BodyLane.Leave"/> returns; its continuation may run later.</summary>
    private static bool IsIn(Task entering) => entering.Wait(_patience, TestContext.Current.CancellationToken);
}
