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
        null, _stage.Registry, [new OwnerFeedRegistry()], new ChannelState(hasChannel: true), new NotificationOptions(), "b", new NotificationMetrics(null, () => true), _stage.Time, NullLogger<NotificationReceiver>.Instance);

    [Fact]
    public void News_of_a_chat_that_nobody_here_has_open_takes_no_memory()
    {
        _receiver.OnReceived(NotificationWriter.Write(_stage.Create(), "a", 8_000, isInline: true));
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
        var finished = NotificationWriter.Write(_stage.Finish(), "a", maxBytes, isInline: true);
        _stage.Store.Before = _ => new TaskCompletionSource().Task;
        await Task.Run(() => _receiver.OnReceived(finished)).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal(maxBytes == 8_000 ? 2 : null, pin.Feed.TryGetChat()?.Version);
    }

    public void Dispose() => _receiver.Dispose();
}
