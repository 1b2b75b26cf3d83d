using System.Runtime.CompilerServices;
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

    [Fact]
    public async Task All_of_a_crowd_go_on_but_not_on_the_thread_of_the_one_who_wakes_them_while_it_does()
    {
        var signal = new HeadSignal();
        using var isRaising = new ThreadLocal<bool>();
        var waits = Enumerable.Range(0, 1000).Select(async _ =>
        {
            await signal.WaitAsync(0, CancellationToken.None).ConfigureAwait(false);
            return isRaising.Value;
        }).ToList();
        isRaising.Value = true;
        signal.Raise();
        isRaising.Value = false;
        Assert.DoesNotContain(true, await Task.WhenAll(waits));
    }

    [Fact]
    public async Task Those_who_give_up_among_a_crowd_leave_the_others_waiting()
    {
        var signal = new HeadSignal();
        using var impatience = new CancellationTokenSource();
        var waits = Enumerable.Range(0, 100).Select(index => signal.WaitAsync(0, index % 3 == 0 ? impatience.Token : CancellationToken.None)).ToList();
        await impatience.CancelAsync();
        foreach (var wait in waits.Where((_, index) => index % 3 == 0))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        }

        waits.RemoveAll(wait => wait.IsCanceled);
        Assert.All(waits, wait => Assert.False(wait.IsCompleted));
        signal.Raise();
        await Task.WhenAll(waits);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_wait_that_is_over_is_not_kept_by_the_signal_or_the_token(bool isWoken)
    {
        var signal = new HeadSignal();
        using var end = new CancellationTokenSource();
        using var other = new CancellationTokenSource();
        var wait = Wait(signal, isWoken, end, other);
        for (var round = 0; round < 100 && wait.IsAlive; round++)
        {
            GC.Collect();
            Thread.Yield();
        }

        Assert.False(wait.IsAlive);
        GC.KeepAlive(signal);
    }

    [Fact]
    public void Whoever_comes_with_a_token_that_is_cancelled_does_not_wait()
    {
        using var end = new CancellationTokenSource();
        end.Cancel();
        Assert.True(new HeadSignal().WaitAsync(0, end.Token).IsCanceled);
    }

    // Not inlined, so that no local variable keeps the wait.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Wait(HeadSignal signal, bool isWoken, CancellationTokenSource end, CancellationTokenSource other)
    {
        var wait = signal.WaitAsync(0, isWoken ? end.Token : other.Token);
        if (isWoken)
        {
            signal.Raise();
        }
        else
        {
            other.Cancel();
        }

        SpinWait.SpinUntil(() => wait.IsCompleted);
        return new WeakReference(wait);
    }
}
