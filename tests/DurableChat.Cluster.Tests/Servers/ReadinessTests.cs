using DurableChat.AspNetCore;
using DurableChat.Notifications;
using DurableChat.Server;
using DurableChat.Tests.Support;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace DurableChat.Cluster.Tests.Servers;

/// <summary>What <c>/readyz</c> says.</summary>
public sealed class ReadinessTests
{
    [Fact]
    public async Task A_channel_that_is_down_is_told_and_does_not_end_the_service()
    {
        var channel = new ChannelState(hasChannel: true);
        Assert.Contains("channel is down", await SayAsync(channel), StringComparison.Ordinal);
        channel.Connected();
        Assert.Equal("ready", await SayAsync(channel));
        channel.Lost();
        Assert.StartsWith("ready; ", await SayAsync(channel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_other_replicas_says_nothing_of_a_channel() => Assert.Equal("ready", await SayAsync(new ChannelState(hasChannel: false)));

    [Fact]
    public async Task The_database_is_asked_once_however_many_want_to_know()
    {
        var questions = 0;
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var probe = new StoreProbe(new FakeStore
        {
            Before = _ =>
            {
                Interlocked.Increment(ref questions);
                return go.Task;
            },
        });
        var askers = Enumerable.Range(0, 20).Select(_ => probe.AskAsync(CancellationToken.None)).ToList();
        go.SetResult();
        await Task.WhenAll(askers);
        Assert.Equal(1, questions);
        await probe.AskAsync(CancellationToken.None);
        Assert.Equal(2, questions);
    }

    private static async Task<string?> SayAsync(ChannelState channel)
    {
        using var drain = new ServerDrain(new DurableChatHttpOptions(), new Lifetime(), TimeProvider.System);
        var result = Assert.IsType<ContentHttpResult>(await Readiness.CheckAsync(new StoreProbe(new FakeStore()), channel, drain, CancellationToken.None));
        Assert.True(result.StatusCode is null or 200);
        return result.ResponseContent;
    }

    private sealed class Lifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication()
        {
        }
    }
}
