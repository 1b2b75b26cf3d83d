using DurableChat.Chats;
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
        var found = Assert.Single(await Harness.Leases.FindClaimableAsync(_lease, 10, CancellationToken.None));
        Assert.Equal((unowned.Id, null), (found.Id, found.HolderToken));
    }

    [Fact]
    public async Task A_chat_can_be_claimed_once_its_holder_is_silent_for_the_lease()
    {
        await Harness.Leases.HeartbeatAsync("replica", null, CancellationToken.None);
        var chat = await CommitAsync(New());
        Assert.Empty(await Harness.Leases.FindClaimableAsync(_lease, 10, CancellationToken.None));
        await Harness.AdvanceAsync(_lease - TimeSpan.FromSeconds(5));
        await Harness.Leases.HeartbeatAsync("replica", null, CancellationToken.None);
        await Harness.AdvanceAsync(TimeSpan.FromSeconds(6));
        Assert.Empty(await Harness.Leases.FindClaimableAsync(_lease, 10, CancellationToken.None));
        await Harness.AdvanceAsync(_lease);
        var found = Assert.Single(await Harness.Leases.FindClaimableAsync(_lease, 10, CancellationToken.None));
        Assert.Equal((chat.Id, chat.Lease!.Token), (found.Id, found.HolderToken!.Value));
    }

    [Fact]
    public async Task A_chat_whose_holder_was_never_heard_of_can_be_claimed()
    {
        var chat = await CommitAsync(New(claimBy: "unheard of"));
        Assert.Equal(chat.Lease!.Token, Assert.Single(await Harness.Leases.FindClaimableAsync(_lease, 10, CancellationToken.None)).HolderToken);
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
        Assert.Equal(interrupting.Id, Assert.Single(await Harness.Leases.FindClaimableAsync(_lease, 10, CancellationToken.None)).Id);
    }

    [Fact]
    public async Task The_chats_of_a_retired_replica_can_be_claimed_at_once()
    {
        await Harness.Leases.HeartbeatAsync("replica", null, CancellationToken.None);
        await CommitAsync(New());
        await Harness.Leases.RetireAsync("replica", CancellationToken.None);
        Assert.Single(await Harness.Leases.FindClaimableAsync(_lease, 10, CancellationToken.None));
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

        var found = await Harness.Leases.FindClaimableAsync(_lease, 3, CancellationToken.None);
        Assert.Equal(waiting.Take(3), found.Select(chat => chat.Id));
    }

    [Fact]
    public async Task Replicas_are_listed_with_the_age_of_their_heartbeat_and_the_chats_they_drive()
    {
        await Harness.Leases.HeartbeatAsync("silent", null, CancellationToken.None);
        await Harness.AdvanceAsync(_lease);
        await Harness.Leases.HeartbeatAsync("replica", null, CancellationToken.None);
        await Harness.Leases.HeartbeatAsync("retired", null, CancellationToken.None);
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
}
