using DurableChat.Chats;
using DurableChat.Workers;
using Xunit;

namespace DurableChat.Tests.Workers;

/// <summary>Whatever the state of a chat and the run of it, exactly one thing follows.</summary>
public sealed class RunFitTests
{
    private static readonly Chat _chat = new()
    {
        Id = ChatId.Create(DateTimeOffset.UnixEpoch),
        Owner = "owner",
        Title = "",
        Model = "demo",
        Status = ChatStatus.Waiting,
        Version = 1,
        Epoch = 1,
        CreatedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
    };

    [Fact]
    public void What_is_driven_after_the_fit_is_what_the_state_wants()
    {
        foreach (var status in Enum.GetValues<ChatStatus>())
        {
            foreach (var lease in (Lease?[])[null, new("a", 2), new("a", 3), new("b", 2), new("b", 3)])
            {
                foreach (var token in (long?[])[null, 1, 2, 3])
                {
                    var chat = _chat with { Status = status, Lease = lease, LeaseToken = 3 };
                    var fit = RunFit.Of(chat, "a", token, isPresent: true);
                    var wanted = chat.NeedsWorker && lease?.Replica == "a" ? lease.Token : (long?)null;
                    var driven = fit.Starts ? lease!.Token : fit.Stops ? null : token;
                    Assert.Equal(wanted, driven);
                    Assert.Equal(token == wanted && wanted is not null && status == ChatStatus.Interrupting, fit.Interrupts);
                    Assert.Equal(chat.NeedsWorker && lease is null, fit.Waits);
                    Assert.False(fit.Starts && token == wanted);
                }
            }
        }
    }

    [Fact]
    public void A_chat_that_was_handed_over_waits_for_a_worker()
    {
        var chat = _chat with { Status = ChatStatus.Running, Lease = new Lease(Lease.NoReplica, 3), LeaseToken = 3 };
        Assert.Equal(new RunFit(Stops: true, Interrupts: false, Starts: false, Waits: true), RunFit.Of(chat, "a", runToken: 2, isPresent: true));
    }

    [Fact]
    public void A_state_from_before_the_lease_of_a_run_says_nothing_about_it_unless_it_is_the_present_one()
    {
        var older = _chat with { Status = ChatStatus.Waiting, LeaseToken = 2 };
        Assert.Equal(default, RunFit.Of(older, "a", runToken: 3, isPresent: false));
        Assert.True(RunFit.Of(older, "a", runToken: 3, isPresent: true).Stops);
    }
}
