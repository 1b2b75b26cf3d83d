using System.Text.Json;
using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Storage;
using DurableChat.Tests.Support;
using DurableChat.Watching;
using Xunit;

namespace DurableChat.Tests.Watching;

public sealed class WatchSubscriptionTests
{
    private readonly Node _node = new(new FakeStore(), ScriptedModel.Answering());

    [Fact]
    public async Task A_watcher_gets_the_list_and_then_each_change()
    {
        var first = await _node.CreateAsync("first");
        using var watch = _node.Chats.Watch("owner");
        Assert.Equal("chats", (await NextAsync(watch))[0].Type);
        await _node.FollowAsync(first, screen => screen.Status == "waiting" && screen.Ids.Count == 2);
        var second = await _node.CreateAsync("second");
        var seen = new HashSet<string>();
        while (!seen.Contains(second.Value))
        {
            seen.UnionWith((await NextAsync(watch)).Select(change => change.ChatId!));
        }

        await _node.Chats.DeleteAsync("owner", first, CancellationToken.None);
        List<(string Type, string? ChatId)> last;
        do
        {
            last = await NextAsync(watch);
        }
        while (!last.Contains(("chat_deleted", first.Value)));
    }

    [Fact]
    public async Task A_watcher_sees_nothing_of_others()
    {
        using var watch = _node.Chats.Watch("somebody else");
        await NextAsync(watch);
        await _node.CreateAsync();
        using var impatience = new CancellationTokenSource();
        var next = watch.NextAsync([], impatience.Token).AsTask();
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Fact]
    public async Task A_watcher_that_lags_far_behind_gets_the_list_anew()
    {
        using var watch = _node.Chats.Watch("owner");
        await NextAsync(watch);
        for (var i = 0; i < 1_100; i++)
        {
            await _node.CreateAsync($"chat {i}");
        }

        Assert.Equal("chats", (await NextAsync(watch))[0].Type);
    }

    [Fact]
    public async Task Watchers_who_want_the_list_at_the_same_time_share_one_read()
    {
        var lists = 0;
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _node.Store.Before = call =>
        {
            lists += call == "list" ? 1 : 0;
            return call == "list" ? go.Task : Task.CompletedTask;
        };
        var watches = Enumerable.Range(0, 20).Select(_ => _node.Chats.Watch("owner")).ToList();
        var reads = watches.ConvertAll(NextAsync);
        using var other = _node.Chats.Watch("somebody else");
        var read = NextAsync(other);

        // The list that is on its way may lack it; whoever has that list is told of it.
        var id = await _node.CreateAsync();
        go.SetResult();
        Assert.All(await Task.WhenAll(reads), events => Assert.Equal("chats", events[0].Type));
        await read;
        Assert.Equal(2, lists);
        foreach (var watch in watches)
        {
            Assert.Contains(id.Value, (await NextAsync(watch)).Select(change => change.ChatId));
            watch.Dispose();
        }
    }

    [Fact]
    public async Task Nothing_is_kept_when_nobody_watches()
    {
        _node.Chats.Watch("owner").Dispose();
        Assert.Equal(0, _node.OwnerFeeds.Count);
        await _node.CreateAsync();
        Assert.Equal(0, _node.OwnerFeeds.Count);
    }

    [Fact]
    public async Task A_watcher_hears_of_a_commit_that_was_in_doubt_and_did_happen()
    {
        var id = await _node.CreateAsync();
        await _node.FollowAsync(id, screen => screen.Status == "waiting" && screen.Ids.Count == 2);
        using var watch = _node.Chats.Watch("owner");
        await NextAsync(watch);
        FailOnceAfter("commit");
        await Assert.ThrowsAsync<ChatStoreException>(() => _node.ExecuteAsync(id, new UpdateChat(Archived: true)));
        Assert.True(_node.Store.State(id).Archived);
        Assert.Equal("chats", (await NextAsync(watch).WaitAsync(TimeSpan.FromSeconds(5)))[0].Type);
    }

    [Fact]
    public async Task A_deletion_in_doubt_that_did_happen_ends_the_streams_and_leaves_the_list()
    {
        var id = await _node.CreateAsync();
        await _node.FollowAsync(id, screen => screen.Status == "waiting" && screen.Ids.Count == 2);
        using var watch = _node.Chats.Watch("owner");
        await NextAsync(watch);
        using var subscription = await _node.Chats.SubscribeAsync("owner", id, default, CancellationToken.None);
        FailOnceAfter("delete");
        await Assert.ThrowsAsync<ChatStoreException>(() => _node.Chats.DeleteAsync("owner", id, CancellationToken.None));
        var events = new List<StreamEvent>();
        while (await subscription!.NextAsync(events, CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(5)))
        {
        }

        Assert.Null(await _node.Chats.GetAsync("owner", id, CancellationToken.None));
        Assert.Equal("chats", (await NextAsync(watch).WaitAsync(TimeSpan.FromSeconds(5)))[0].Type);
    }

    private void FailOnceAfter(string failing)
    {
        var failures = 1;
        _node.Store.After = call => call == failing && Interlocked.Decrement(ref failures) >= 0 ? Task.FromException(new ChatStoreException("no answer")) : Task.CompletedTask;
    }

    private static async Task<List<(string Type, string? ChatId)>> NextAsync(WatchSubscription watch)
    {
        var events = new List<StreamEvent>();
        Assert.True(await watch.NextAsync(events, CancellationToken.None));
        return [.. events.Select(sent =>
        {
            using var json = JsonDocument.Parse(sent.Json);
            return (json.RootElement.GetProperty("type").GetString()!, json.RootElement.TryGetProperty("chat_id", out var id) ? id.GetString() : null);
        })];
    }
}
