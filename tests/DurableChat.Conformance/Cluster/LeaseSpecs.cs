using DurableChat.Chats;
using DurableChat.Storage;
using Xunit;

namespace DurableChat.Conformance;

/// <summary>Heartbeats, and which chats nobody drives.</summary>
public abstract class LeaseSpecs : StoreSpecs
{
    private static readonly TimeSpan _lease = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_chat_without_a_lease_can_be_claimed_and_one_that_waits_cannot()
    {
        var unowned = await CommitAsync(New(claimBy: null));
        await CommitTurnsAsync("done");
        var found = Assert.Single(await Harness.Leases.FindClaimableAsync(Ask(10), CancellationToken.None));
        Assert.Equal((unowned.Id, null), (found.Id, found.HolderToken));
    }

    [Fact]
    public async Task A_chat_can_be_claimed_once_its_holder_is_silent_for_the_lease()
    {
        await BeatAsync("replica", "asker");
        var chat = await CommitAsync(New());
        Assert.Empty(await Harness.Leases.FindClaimableAsync(Ask(10), CancellationToken.None));
        await PassAsync(_lease - TimeSpan.FromSeconds(5), "asker");
        await BeatAsync("replica", "asker");
        await PassAsync(TimeSpan.FromSeconds(6), "asker");
        Assert.Empty(await Harness.Leases.FindClaimableAsync(Ask(10), CancellationToken.None));
        await PassAsync(_lease, "asker");
        var found = Assert.Single(await Harness.Leases.FindClaimableAsync(Ask(10), CancellationToken.None));
        Assert.Equal((chat.Id, chat.Owner, chat.Lease!.Token), (found.Id, found.Owner, found.HolderToken!.Value));
    }

    [Fact]
    public async Task A_replica_whose_own_heartbeats_were_late_calls_no_other_dead_until_they_were_on_time_for_a_lease()
    {
        await BeatAsync("replica", "asker");
        await CommitAsync(New());
        await PassAsync(_lease, "replica", "asker");

        // Nobody could write a heartbeat, as while the database is away.
        await Harness.AdvanceAsync(2 * _lease);
        Assert.Empty(await Harness.Leases.FindClaimableAsync(Ask(10), CancellationToken.None));
        await BeatAsync("asker");
        Assert.Empty(await Harness.Leases.FindClaimableAsync(Ask(10), CancellationToken.None));
        await PassAsync(_lease - TimeSpan.FromSeconds(5), "asker");
        Assert.Empty(await Harness.Leases.FindClaimableAsync(Ask(10), CancellationToken.None));
        await PassAsync(TimeSpan.FromSeconds(5), "asker");
        Assert.Single(await Harness.Leases.FindClaimableAsync(Ask(10), CancellationToken.None));
    }

    [Fact]
    public async Task A_replica_that_has_no_heartbeat_calls_no_other_dead()
    {
        await BeatAsync("replica");
        await CommitAsync(New());
        await Harness.AdvanceAsync(2 * _lease);
        Assert.Empty(await Harness.Leases.FindClaimableAsync(Ask(10), CancellationToken.None));
    }

    [Fact]
    public async Task A_replica_is_not_offered_what_it_holds_itself()
    {
        await CommitAsync(New());
        Assert.Empty(await Harness.Leases.FindClaimableAsync(Ask(10) with { Replica = "replica" }, CancellationToken.None));
        Assert.Single(await Harness.Leases.FindClaimableAsync(Ask(10), CancellationToken.None));
    }

    [Fact]
    public async Task Chats_of_owners_that_have_their_share_are_left_out_and_pages_follow_one_another()
    {
        var waiting = new List<ChatId>();
        for (var i = 0; i < 5; i++)
        {
            waiting.Add((await CommitAsync(New(claimBy: null, owner: i % 2 == 0 ? "even" : "odd"))).Id);
        }

        var except = await Harness.Leases.FindClaimableAsync(Ask(10) with { ExceptOwners = ["odd", "nobody"] }, CancellationToken.None);
        Assert.Equal(new[] { waiting[0], waiting[2], waiting[4] }.ToHashSet(), except.Select(chat => chat.Id).ToHashSet());

        var seen = new List<ChatId>();
        var query = Ask(2);
        while (await Harness.Leases.FindClaimableAsync(query, CancellationToken.None) is [_, ..] page)
        {
            seen.AddRange(page.Select(chat => chat.Id));
            query = query with { After = page[^1] };
        }

        Assert.Equal(5, seen.Count);
        Assert.Equal(waiting.ToHashSet(), seen.ToHashSet());
    }

    [Fact]
    public async Task The_leases_of_a_replica_are_those_of_chats_that_need_it()
    {
        var running = await CommitAsync(New());
        var interrupting = await CommitAsync(Decide(await CommitAsync(New()), new Interrupt()));
        await CommitAsync(New(claimBy: null));
        await CommitAsync(New(claimBy: "other"));
        await CommitTurnsAsync("done");
        var held = await Harness.Leases.ListLeasesAsync("replica", CancellationToken.None);
        HeldLease[] expected =
        [
            new(running.Id, running.Lease!.Token, running.Version, IsInterrupting: false),
            new(interrupting.Id, interrupting.Lease!.Token, interrupting.Version, IsInterrupting: true),
        ];
        Assert.Equal(expected.ToHashSet(), held.ToHashSet());
    }

    [Fact]
    public async Task A_chat_whose_holder_was_never_heard_of_can_be_claimed()
    {
        var chat = await CommitAsync(New(claimBy: "unheard of"));
        Assert.Equal(chat.Lease!.Token, Assert.Single(await Harness.Leases.FindClaimableAsync(Ask(10), CancellationToken.None)).HolderToken);
    }

    [Fact]
    public async Task A_chat_that_is_being_interrupted_can_be_claimed_and_one_that_waits_for_its_client_cannot()
    {
        var interrupting = await CommitAsync(New());
        await CommitAsync(Decide(interrupting, new Interrupt()));
        var asking = await CommitAsync(New());
        await CommitAsync(Decide(asking, new EnterRequiresAction(asking.Lease!.Token, asking.Generation)
        {
            Answer = new Answer([new ToolCallPart("call", "pick", "{}")], FinishReason.ToolCalls),
        }));
        Assert.Equal(interrupting.Id, Assert.Single(await Harness.Leases.FindClaimableAsync(Ask(10), CancellationToken.None)).Id);
    }

    [Fact]
    public async Task The_chats_of_a_retired_replica_can_be_claimed_at_once()
    {
        await Harness.Leases.HeartbeatAsync("replica", null, _lease, CancellationToken.None);
        await CommitAsync(New());
        await Harness.Leases.RetireAsync("replica", CancellationToken.None);
        Assert.Single(await Harness.Leases.FindClaimableAsync(Ask(10), CancellationToken.None));
    }

    [Fact]
    public async Task Those_that_wait_longest_come_first_and_no_more_than_asked_for()
    {
        var waiting = new List<ChatId>();
        for (var i = 0; i < 5; i++)
        {
            waiting.Add((await CommitAsync(New(claimBy: null))).Id);
            await Harness.AdvanceAsync(TimeSpan.FromSeconds(1));
        }

        var found = await Harness.Leases.FindClaimableAsync(Ask(3), CancellationToken.None);
        Assert.Equal(waiting.Take(3), found.Select(chat => chat.Id));
    }

    [Fact]
    public async Task Replicas_are_listed_with_the_age_of_their_heartbeat_and_the_chats_they_drive()
    {
        await Harness.Leases.HeartbeatAsync("silent", null, _lease, CancellationToken.None);
        await Harness.AdvanceAsync(_lease);
        await Harness.Leases.HeartbeatAsync("replica", null, _lease, CancellationToken.None);
        await Harness.Leases.HeartbeatAsync("retired", null, _lease, CancellationToken.None);
        await Harness.Leases.RetireAsync("retired", CancellationToken.None);
        var interrupting = await CommitAsync(New());
        await CommitAsync(Decide(interrupting, new Interrupt()));
        await CommitAsync(New());
        await CommitAsync(New(claimBy: null));
        await CommitTurnsAsync("done");

        var found = await Harness.Leases.ListReplicasAsync(10, CancellationToken.None);
        Assert.Equal([("replica", 2), ("silent", 0)], found.Select(replica => (replica.Id, replica.Leases)));
        Assert.InRange(found[0].HeartbeatAge, TimeSpan.Zero, TimeSpan.FromSeconds(15));
        Assert.InRange(found[1].HeartbeatAge, _lease, _lease + TimeSpan.FromSeconds(15));
        Assert.Equal("replica", Assert.Single(await Harness.Leases.ListReplicasAsync(1, CancellationToken.None)).Id);
    }

    private static ClaimQuery Ask(int limit) => new("asker", _lease, limit);

    private async Task BeatAsync(params string[] replicas)
    {
        foreach (var replica in replicas)
        {
            await Harness.Leases.HeartbeatAsync(replica, null, _lease, CancellationToken.None);
        }
    }

    /// <summary>Lets time pass, in which these replicas keep up their heartbeats.</summary>
    private async Task PassAsync(TimeSpan time, params string[] replicas)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(5))
        {
            await Harness.AdvanceAsync(time - passed < TimeSpan.FromSeconds(5) ? time - passed : TimeSpan.FromSeconds(5));
            await BeatAsync(replicas);
        }
    }
}
