using DurableChat.Conformance;
using DurableChat.Notifications;

namespace DurableChat.Cluster.Tests;

public sealed class InProcessChannelTests : ChannelSpecs
{
    protected override ValueTask<IChannelHarness> CreateHarnessAsync() => new(new ChannelHarness());

    private sealed class ChannelHarness : IChannelHarness
    {
        private readonly InProcessChannel _channel = new();

        public INotificationChannel Open() => _channel;

        public Task CutAsync()
        {
            _channel.Cut();
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
