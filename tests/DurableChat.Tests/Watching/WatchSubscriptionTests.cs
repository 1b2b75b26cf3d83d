using System.Text.Json;
using DurableChat.Feeds;
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
    public async Task Nothing_is_kept_when_nobody_watches()
    {
        _node.Chats.Watch("owner").Dispose();
        Assert.Equal(0, _node.OwnerFeeds.Count);
        await _node.CreateAsync();
        Assert.Equal(0, _node.OwnerFeeds.Count);
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
