using DurableChat.Conformance;
using DurableChat.Notifications;
using StackExchange.Redis;
using Channel = DurableChat.Redis.RedisChannel;

namespace DurableChat.Cluster.Tests.Redis;

public sealed class RedisChannelTests : ChannelSpecs
{
    protected override async ValueTask<IChannelHarness> CreateHarnessAsync() => new ChannelHarness(await RedisServer.StartAsync());

    private sealed class ChannelHarness(RedisServer server) : IChannelHarness
    {
        private readonly List<Channel> _channels = [];

        public INotificationChannel Open()
        {
            _channels.Add(new Channel($"127.0.0.1:{server.Port}"));
            return _channels[^1];
        }

        public async Task CutAsync()
        {
            await using var connection = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{server.Port},allowAdmin=true");
            await connection.GetServer("127.0.0.1", server.Port).ExecuteAsync("CLIENT", "KILL", "TYPE", "pubsub");
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var channel in _channels)
            {
                await channel.DisposeAsync();
            }

            await server.DisposeAsync();
        }
    }
}
