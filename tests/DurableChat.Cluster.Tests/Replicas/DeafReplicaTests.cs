using DurableChat.Chats;
using DurableChat.Notifications;
using DurableChat.Storage;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Cluster.Tests.Replicas;

/// <summary>A replica that has lost the channel, and one that has it again but has not compared versions yet.</summary>
public sealed class DeafReplicaTests
{
    private readonly FakeStore _store = new();
    private readonly BrittleChannel _channel = new();

    [Fact]
    public async Task What_is_in_memory_is_not_taken_for_the_present_until_versions_were_compared()
    {
        await using var here = await Replica.StartAsync("here", _store, _channel, ScriptedModel.Answering());
        await using var there = await Replica.StartAsync("there", _store, _channel, ScriptedModel.Answering());
        await there.WaitForChannelAsync(isUp: true);
        var id = await here.CreateAsync();
        Assert.NotNull(await there.Chats.GetAsync("owner", id, CancellationToken.None));

        // Else the comparison might heal what is to be seen.
        _store.Before = call => call == "sync" ? Task.FromException(new ChatStoreException("away")) : Task.CompletedTask;
        _channel.Loses = _ => true;
        _channel.Cut();
        await there.WaitForChannelAsync(isUp: false);
        await here.ExecuteAsync(id, new UpdateChat(Title: "renamed while it was down"));
        Assert.Equal("renamed while it was down", (await there.Chats.GetAsync("owner", id, CancellationToken.None))?.Title);

        await here.ExecuteAsync(id, new UpdateChat(Title: "renamed before it was up"));
        await there.PassTimeUntilAsync(there.WaitForChannelAsync(isUp: true));
        Assert.Equal("renamed before it was up", (await there.Chats.GetAsync("owner", id, CancellationToken.None))?.Title);
    }

    [Fact]
    public async Task A_channel_that_is_connected_is_up_only_once_the_replica_has_heard_itself()
    {
        _channel.IsDeaf = true;
        await using var replica = await Replica.StartAsync("here", _store, _channel, ScriptedModel.Answering(), new NotificationOptions());
        await replica.PassTimeUntilAsync(replica.WaitForDeafnessAsync());
        Assert.False(replica.Channel.IsUp);
        Assert.Equal(((INotificationChannel)_channel).DeafAdvice, replica.Channel.DeafAdvice);
        _channel.IsDeaf = false;
        await replica.PassTimeUntilAsync(replica.WaitForChannelAsync(isUp: true));
        Assert.Null(replica.Channel.DeafAdvice);
    }

    [Fact]
    public async Task A_channel_that_delivers_no_more_while_it_stays_connected_is_found_out()
    {
        await using var replica = await Replica.StartAsync("here", _store, _channel, ScriptedModel.Answering(), new NotificationOptions());
        await replica.WaitForChannelAsync(isUp: true);
        _channel.IsDeaf = true;
        await replica.PassTimeUntilAsync(replica.WaitForDeafnessAsync());
        Assert.False(replica.Channel.IsUp);
    }
}
