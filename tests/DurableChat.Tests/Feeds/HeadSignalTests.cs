using DurableChat.Feeds;
using Xunit;

namespace DurableChat.Tests.Feeds;

/// <summary>The wake-up, step by step; <c>HeadSignalSchedules</c> explores how steps can interleave.</summary>
public sealed class HeadSignalTests
{
    [Fact]
    public async Task Whoever_has_seen_the_present_revision_waits_for_the_next()
    {
        var signal = new HeadSignal();
        var one = signal.WaitAsync(signal.Revision, CancellationToken.None);
        var other = signal.WaitAsync(signal.Revision, CancellationToken.None);
        Assert.False(one.IsCompleted || other.IsCompleted);
        signal.Raise();
        await Task.WhenAll(one, other);
        Assert.Equal(1, signal.Revision);
        var next = signal.WaitAsync(1, CancellationToken.None);
        Assert.False(next.IsCompleted);
        signal.Raise();
        await next;
        Assert.Equal(2, signal.Revision);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Whoever_has_seen_another_revision_looks_at_once(long seen)
    {
        var signal = new HeadSignal();
        signal.Raise();
        Assert.True(signal.WaitAsync(seen, CancellationToken.None).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task One_who_gives_up_leaves_the_others_waiting()
    {
        var signal = new HeadSignal();
        using var impatience = new CancellationTokenSource();
        var one = signal.WaitAsync(0, impatience.Token);
        var other = signal.WaitAsync(0, CancellationToken.None);
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        Assert.False(other.IsCompleted);
        signal.Raise();
        await other;
    }
}
