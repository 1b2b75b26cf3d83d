using System.Net.Sockets;
using System.Text.Json.Nodes;
using DurableChat.Chats;
using DurableChat.Commits;
using DurableChat.Feeds;
using DurableChat.Tests.Support;
using Microsoft.Extensions.AI;
using Xunit;

namespace DurableChat.Cluster.Tests.Replicas;

/// <summary>What replicas hear of each other, and what becomes of it when they do not.</summary>
public sealed class ReplicaNewsTests : IAsyncDisposable
{
    private readonly FakeStore _store = new();
    private readonly BrittleChannel _channel = new();
    private readonly List<Replica> _replicas = [];

    [Fact]
    public async Task A_deletion_is_told_once_and_not_passed_on_by_those_who_hear_of_it()
    {
        var (here, there) = (await StartAsync("here"), await StartAsync("there"));
        var gone = await here.CreateAsync();
        using var listThere = there.Chats.Watch("owner");
        using var listHere = here.Chats.Watch("owner");
        await WaitAsync(listThere, gone, string.Empty);
        await WaitAsync(listHere, gone, string.Empty);
        Assert.True(await here.Chats.DeleteAsync("owner", gone, CancellationToken.None));

        // Both tell things in order: once this has gone round, whatever the deletion gave rise to has been sent. The
        // lists were read before, so what they tell now came as news.
        var after = await here.CreateAsync();
        await WaitAsync(listThere, after, string.Empty);
        var last = await there.CreateAsync();
        await WaitAsync(listHere, last, string.Empty);
        Assert.Single(_channel.Sent, payload => payload.Contains(gone.Value, StringComparison.Ordinal) && payload.Contains("\"version\":0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_interruption_whose_notification_was_lost_is_found_by_comparing_versions()
    {
        var (driver, other) = (await StartAsync("driver", Endless()), await StartAsync("other"));
        var id = await driver.CreateAsync();
        _channel.Loses = payload => payload.Contains("\"replica\":\"other\"", StringComparison.Ordinal);
        Assert.IsType<CommandResult.Committed>(await other.ExecuteAsync(id, new Interrupt()));
        Assert.Equal(ChatStatus.Interrupting, _store.State(id).Status);
        await driver.SyncAsync();
        await WaitForAsync(id, chat => chat.Status == ChatStatus.Waiting);
    }

    [Fact]
    public async Task An_interruption_of_a_chat_whose_state_is_too_large_for_a_notification_is_heard()
    {
        var (driver, other) = (await StartAsync("driver", Endless()), await StartAsync("other"));
        var id = await driver.CreateAsync();
        Assert.IsType<CommandResult.Committed>(await other.ExecuteAsync(id, new SendMessage(new string('x', 9_000))));
        Assert.IsType<CommandResult.Committed>(await other.ExecuteAsync(id, new Interrupt()));
        await WaitForAsync(id, chat => chat.Queue.Count == 0);
    }

    [Fact]
    public async Task A_list_of_chats_hears_of_a_chat_whose_state_is_too_large_for_a_notification()
    {
        var (here, there) = (await StartAsync("here", Endless()), await StartAsync("there"));
        var id = await here.CreateAsync();
        using var list = there.Chats.Watch("owner");
        await WaitAsync(list, id, "running");
        Assert.IsType<CommandResult.Committed>(await here.ExecuteAsync(id, new SendMessage(new string('x', 9_000))));
        await here.ExecuteAsync(id, new UpdateChat(Title: "renamed"));
        await WaitAsync(list, id, "renamed");
    }

    [Fact]
    public async Task A_list_of_chats_hears_of_a_chat_that_nobody_here_has_open_though_its_notification_was_lost()
    {
        var (here, there) = (await StartAsync("here"), await StartAsync("there"));
        var id = await here.CreateAsync();
        using var list = there.Chats.Watch("owner");
        await WaitAsync(list, id, "waiting");
        _channel.Loses = _ => true;
        await here.ExecuteAsync(id, new UpdateChat(Title: "renamed unheard"));
        await there.PassTimeUntilAsync(WaitAsync(list, id, "renamed unheard"));
    }

    [Fact]
    public async Task Feeds_that_nobody_uses_go_though_their_notifications_were_lost()
    {
        var (here, there) = (await StartAsync("here"), await StartAsync("there"));
        var ids = new List<ChatId>();
        for (var i = 0; i < 10; i++)
        {
            var id = await here.CreateAsync();
            await WaitForAsync(id, chat => chat.Status == ChatStatus.Waiting);
            Assert.NotNull(await there.Chats.GetAsync("owner", id, CancellationToken.None));
            ids.Add(id);
        }

        // The others stay as they are, so they are compared again and again.
        _channel.Loses = _ => true;
        foreach (var id in ids.Take(ids.Count / 2))
        {
            await here.ExecuteAsync(id, new UpdateChat(Title: "renamed"));
        }

        // News that come late use a feed once more, in a time that this loop moves faster than they travel. They come
        // to an end, and comparing does not.
        for (var i = 0; i < 500 && there.Feeds.Count > 0; i++)
        {
            await there.SyncAsync();
            there.Time.Advance(TimeSpan.FromSeconds(4));
            there.Feeds.RemoveIdle();
        }

        Assert.Equal(0, there.Feeds.Count);
    }

    [Fact]
    public async Task A_channel_that_breaks_in_an_unforeseen_way_ends_neither_the_listening_nor_the_server()
    {
        var (here, there) = (await StartAsync("here"), await StartAsync("there"));
        var stopping = there.Stopping;
        _channel.Failure = new SocketException((int)SocketError.HostNotFound);
        await here.CreateAsync();
        await there.CreateAsync();
        _channel.Cut();
        await there.WaitForChannelAsync(isUp: false);
        _channel.Failure = null;
        await there.PassTimeUntilAsync(there.WaitForChannelAsync(isUp: true));
        await here.PassTimeUntilAsync(here.WaitForChannelAsync(isUp: true));
        var id = await here.CreateAsync();
        await WaitAsync(there, "owner", id);
        Assert.False(stopping.IsCompleted);
    }

    [Fact]
    public async Task All_that_was_ever_sent_sent_again_changes_nothing()
    {
        var (here, there) = (await StartAsync("here"), await StartAsync("there"));
        var id = await here.CreateAsync();
        var gone = await here.CreateAsync("soon deleted");
        using var list = there.Chats.Watch("owner");
        await WaitAsync(list, id, "waiting");
        await here.ExecuteAsync(id, new UpdateChat(Title: "named"));
        await WaitAsync(list, id, "named");
        Assert.True(await here.Chats.DeleteAsync("owner", gone, CancellationToken.None));
        await here.ExecuteAsync(id, new UpdateChat(Title: "renamed"));
        await WaitAsync(list, id, "renamed");

        // A list that was read meanwhile may be ahead of the events. Once an event of a later chat is there, no earlier
        // one is still to come.
        var marker = await here.CreateAsync("the marker");
        await WaitAsync(list, marker, "event: chat\n");
        var loads = _store.Loads;
        await _channel.PublishAsync([.. _channel.Frames], CancellationToken.None);

        // Hints come in order here. The list would show the deleted chat before this one.
        var last = await here.CreateAsync("the last");
        var events = new List<StreamEvent>();
        var told = new List<string>();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1), TimeProvider.System);
        while (!told.Exists(frame => frame.Contains(last.Value, StringComparison.Ordinal)))
        {
            await list.NextAsync(events, patience.Token);
            told.AddRange(events.Select(change => System.Text.Encoding.UTF8.GetString(change.Frame.Span)));
        }

        Assert.DoesNotContain(told, frame =>
            frame.Contains(gone.Value, StringComparison.Ordinal) || frame.Contains("named", StringComparison.Ordinal));
        Assert.Equal(loads, _store.Loads);
    }

    [Theory]
    [InlineData("queue", "null")]
    [InlineData("owner", "\"somebody else\"")]
    [InlineData("version", "9223372036854775807")]
    public async Task A_notification_that_contradicts_itself_is_ignored_and_those_behind_it_are_heard(string member, string lie)
    {
        var (here, there) = (await StartAsync("here", Endless()), await StartAsync("there"));
        var id = await here.CreateAsync();
        using var list = there.Chats.Watch("owner");
        await WaitAsync(list, id, "running");
        Assert.NotNull(await there.Chats.GetAsync("owner", id, CancellationToken.None));
        await here.ExecuteAsync(id, new UpdateChat(Title: "named"));
        await WaitAsync(list, id, "named");
        var news = JsonNode.Parse(await SentAsync(id, "named"))!;
        news["replica"] = "another";
        news["state"]![member] = JsonNode.Parse(lie);
        await _channel.PublishAsync([Seals.Seal(news.ToJsonString(), there.Time)], CancellationToken.None);
        await here.ExecuteAsync(id, new UpdateChat(Title: "renamed"));
        await WaitAsync(list, id, "renamed");

        // The list may have been read anew for the lie, and then it is ahead of the news.
        await UntilAsync(async () => (await there.Chats.GetAsync("owner", id, CancellationToken.None))?.Title == "renamed");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }
    }

    /// <summary>
    /// The notification of a chat with a text in it. What it tells may have been seen by a comparison of versions
    /// before it is sent.
    /// </summary>
    private async Task<string> SentAsync(ChatId id, string text)
    {
        string? sent = null;
        await UntilAsync(() =>
        {
            sent = _channel.Sent.LastOrDefault(payload => payload.Contains(id.Value, StringComparison.Ordinal) && payload.Contains(text, StringComparison.Ordinal));
            return ValueTask.FromResult(sent is not null);
        });
        return sent!;
    }

    private static async Task UntilAsync(Func<ValueTask<bool>> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        while (!await isSo())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        }
    }

    private static ScriptedModel Endless() => new((_, _, cancellationToken) => SaySomethingAndHang(cancellationToken));

    private static async IAsyncEnumerable<AIContent> SaySomethingAndHang([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new TextContent("something");
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }

    private static async Task WaitAsync(Replica replica, string owner, ChatId id)
    {
        using var list = replica.Chats.Watch(owner);
        await WaitAsync(list, id, string.Empty);
    }

    /// <summary>Waits until the list shows a chat, with a text in the same event.</summary>
    private static async Task WaitAsync(Watching.WatchSubscription list, ChatId id, string text)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        var events = new List<StreamEvent>();
        do
        {
            await list.NextAsync(events, patience.Token);
        }
        while (!events.Exists(told => System.Text.Encoding.UTF8.GetString(told.Frame.Span) is var frame && frame.Contains(id.Value, StringComparison.Ordinal) && frame.Contains(text, StringComparison.Ordinal)));
    }

    private async Task WaitForAsync(ChatId id, Func<Chat, bool> until)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        while (!until(_store.State(id)))
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private async Task<Replica> StartAsync(string name, IChatClient? model = null)
    {
        var replica = await Replica.StartAsync(name, _store, _channel, model ?? ScriptedModel.Answering());
        _replicas.Add(replica);
        await replica.WaitForChannelAsync(isUp: true);
        return replica;
    }
}
