using DurableChat.Chats;
using DurableChat.Cluster;
using DurableChat.Commits;
using DurableChat.Diagnostics;
using DurableChat.Notifications;
using DurableChat.Tests.Support;
using DurableChat.Watching;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DurableChat.Tests.Notifications;

public sealed class NotificationReceiverTests : IDisposable
{
    private readonly Stage _stage = new(replica: "b");
    private readonly NotificationReceiver _receiver;

    public NotificationReceiverTests() => _receiver = new NotificationReceiver(
        Seals.Of(_stage.Time), _stage.Registry, [new OwnerFeedRegistry(new CommitObservers(), TimeProvider.System)], new ChannelState(hasChannel: true),
            new NotificationOptions(), new ReplicaName("b"), new NotificationMetrics(null, () => true), _stage.Time,
                NullLogger<NotificationReceiver>.Instance);

    [Fact]
    public void News_of_a_chat_that_nobody_here_has_open_takes_no_memory()
    {
        _receiver.OnReceived(Seals.Seal(NotificationWriter.Write(_stage.Create(), "a", 8_000),
            _stage.Time));
        Assert.Equal(0, _stage.Registry.Count);
    }

    [Theory]
    [InlineData(8_000)]
    [InlineData(10)]
    public async Task News_do_not_wait_for_a_chat_that_is_being_committed_to_or_read(int maxBytes)
    {
        _stage.Publish(_stage.Create());
        using var pin = _stage.Registry.Pin(_stage.Id);
        await pin.Feed.CommitGate.WaitAsync(TestContext.Current.CancellationToken);
        var finished = Seals.Seal(NotificationWriter.Write(_stage.Finish(), "a", maxBytes),
            _stage.Time);
        _stage.Store.Before = _ => new TaskCompletionSource().Task;
        await Task.Run(() => _receiver.OnReceived(finished)).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal(maxBytes == 8_000 ? 2 : null, pin.Feed.TryGetChat()?.Version);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_hint_says_whether_the_chat_waits_for_a_worker(bool waits)
    {
        var woken = 0;
        var node = new Node(_stage.Store, ScriptedModel.Answering(), "b");
        node.Worker.WorkWaits += () => woken++;
        using var receiver = new NotificationReceiver(
            Seals.Of(_stage.Time), _stage.Registry, [node.Worker], new ChannelState(hasChannel: true),
                new NotificationOptions(), new ReplicaName("b"), new NotificationMetrics(null, () => true), _stage.Time,
                    NullLogger<NotificationReceiver>.Instance);
        var created = ChatRules.Decide(new CreateChat(_stage.Id, "owner", "m1", "demo") { ClaimBy = waits ? null : "a" }, _stage.Context);
        receiver.OnReceived(Seals.Seal(NotificationWriter.Write(_stage.Commit(created), "a", maxBytes: 10), _stage.Time));
        Assert.Equal(waits ? 1 : 0, woken);
    }

    [Fact]
    public async Task A_state_without_its_tools_is_completed_by_the_feed_and_else_is_a_hint()
    {
        ClientTool[] tools = [new("pick", "Asks.", "{}")];
        var created = _stage.Commit(ChatRules.Decide(new CreateChat(_stage.Id, "owner", "m1", "demo") { ClientTools = tools, ClaimBy = "a" }, _stage.Context));
        using var pin = _stage.Registry.Pin(_stage.Id);

        // The feed knows nothing yet: what came is not taken for the whole.
        _receiver.OnReceived(Seals.Seal(NotificationWriter.Write(created, "a", 8_000), _stage.Time));
        Assert.Null(pin.Feed.TryGetChat());
        Assert.Equal(0, pin.Feed.Inspect(0).Version);
        Assert.Equal(tools, (await _stage.Reader.LoadPresentAsync(pin.Feed, CancellationToken.None))!.ClientTools);

        // From then on it has them, and the message comes along.
        _receiver.OnReceived(Seals.Seal(NotificationWriter.Write(_stage.Finish(), "a", 8_000),
            _stage.Time));
        Assert.Equal((2, 1), (pin.Feed.TryGetChat()!.Version, pin.Feed.Inspect(0).Window.Count));
        Assert.Equal(tools, pin.Feed.TryGetChat()!.ClientTools);
    }

    [Fact]
    public async Task A_feed_that_has_given_its_tools_back_takes_a_state_without_them_for_a_hint()
    {
        ClientTool[] tools = [new("pick", new string('d', 10_000), "{}")];
        _stage.Publish(_stage.Commit(ChatRules.Decide(new CreateChat(_stage.Id, "owner", "m1", "demo") { ClientTools = tools, ClaimBy = "a" }, _stage.Context)));
        using var pin = _stage.Registry.Pin(_stage.Id);
        Assert.True(pin.Feed.TryEvict());
        _receiver.OnReceived(Seals.Seal(NotificationWriter.Write(_stage.Finish(), "a", 8_000),
            _stage.Time));
        Assert.Null(pin.Feed.TryGetChat());
        var loaded = await _stage.Reader.LoadPresentAsync(pin.Feed, CancellationToken.None);
        Assert.Equal((2, 1), (loaded!.Version, loaded.ClientTools.Count));
    }

    [Fact]
    public async Task A_hint_that_comes_while_a_state_is_read_for_the_first_time_is_not_lost()
    {
        var created = _stage.Create();
        using var pin = _stage.Registry.Pin(_stage.Id);
        _stage.Store.After = async call =>
        {
            if (call == "load" && _stage.Store.Loads == 1)
            {
                // The read has the state of the creation; the hint is of the commit after it.
                _receiver.OnReceived(Seals.Seal(NotificationWriter.Write(_stage.Finish(), "a", 10),
                    _stage.Time));
                await Task.Yield();
            }
        };
        Assert.Equal(2, (await _stage.Reader.LoadPresentAsync(pin.Feed, CancellationToken.None))!.Version);
        Assert.Equal(1, created.Next.Version);
    }

    public void Dispose() => _receiver.Dispose();
}
