using DurableChat.Chats;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Systematic.Tests;

/// <summary>Loads that cross commits: what a load saw may be old when it arrives.</summary>
public sealed class LoadSchedules
{
    [Fact]
    public void A_chat_that_is_created_while_it_is_looked_for_is_there() => Explore.Schedules(async () =>
    {
        var stage = Slow();
        using var pin = stage.Registry.Pin(stage.Id);
        var created = ChatRules.Decide(new CreateChat(stage.Id, "owner", "m1", "demo") { ClaimBy = "a" }, stage.Context);
        await Task.WhenAll(
            Task.Run(() => stage.Reader.LoadAsync(pin.Feed, CancellationToken.None)),
            Task.Run(() => stage.Publish(stage.Commit(created))));
        Assert.False(pin.Feed.IsDeleted);
        Assert.Equal(1, (await stage.Reader.LoadPresentAsync(pin.Feed, CancellationToken.None))?.Version);
    });

    [Fact]
    public void A_doubt_that_is_raised_while_it_loads_is_not_settled_by_what_was_read_before() => Explore.Schedules(async () =>
    {
        var stage = Slow();
        stage.Publish(stage.Create());
        using var pin = stage.Registry.Pin(stage.Id);
        pin.Feed.MarkUnsynced();
        await Task.WhenAll(
            Task.Run(() => stage.Reader.LoadPresentAsync(pin.Feed, CancellationToken.None)),
            Task.Run(() =>
            {
                stage.Finish();
                pin.Feed.MarkUnsynced();
            }));
        Assert.Equal(2, (await stage.Reader.LoadPresentAsync(pin.Feed, CancellationToken.None))!.Version);
    });

    private static Stage Slow()
    {
        var stage = new Stage();
        stage.Store.Before = async _ => await Task.Yield();
        stage.Store.After = async _ => await Task.Yield();
        return stage;
    }
}
