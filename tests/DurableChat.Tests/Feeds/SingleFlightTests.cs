using DurableChat.Feeds;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DurableChat.Tests.Feeds;

/// <summary>One read for all who want the same.</summary>
public sealed class SingleFlightTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SingleFlight<int, int, string> _flights;
    private readonly List<TaskCompletionSource<string>> _reads = [];
    private int _looks;

    public SingleFlightTests() => _flights = new SingleFlight<int, int, string>(TimeSpan.FromSeconds(30), _time);

    [Fact]
    public async Task Those_who_come_while_a_read_is_under_way_share_it_and_the_next_reads_anew()
    {
        var one = RunAsync(1);
        var other = RunAsync(1);
        var third = RunAsync(2);
        Assert.Equal(2, _reads.Count);
        _reads[0].SetResult("a");
        _reads[1].SetResult("b");
        Assert.Equal(["a", "a", "b"], await Task.WhenAll(one, other, third));
        var next = RunAsync(1);
        Assert.Equal(3, _reads.Count);
        _reads[2].SetResult("c");
        Assert.Equal("c", await next);
    }

    [Fact]
    public async Task One_who_gives_up_leaves_the_others_waiting()
    {
        using var impatience = new CancellationTokenSource();
        var first = RunAsync(1, impatience.Token);
        var other = RunAsync(1);
        using var impatienceOfOther = new CancellationTokenSource();
        var third = RunAsync(1, impatienceOfOther.Token);
        await impatience.CancelAsync();
        await impatienceOfOther.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third);
        Assert.False(other.IsCompleted);
        _reads[0].SetResult("a");
        Assert.Equal("a", await other);
    }

    [Fact]
    public async Task A_failure_is_that_of_those_who_waited_and_is_not_remembered()
    {
        var one = RunAsync(1);
        var other = RunAsync(1);
        _reads[0].SetException(new InvalidOperationException("away"));
        Assert.Equal("away", (await Assert.ThrowsAsync<InvalidOperationException>(() => one)).Message);
        Assert.Equal("away", (await Assert.ThrowsAsync<InvalidOperationException>(() => other)).Message);
        var next = RunAsync(1);
        _reads[1].SetResult("back");
        Assert.Equal("back", await next);
    }

    [Fact]
    public async Task A_read_that_takes_too_long_is_given_up()
    {
        var read = RunAsync(1);
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(read.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        var error = await Assert.ThrowsAsync<TimeoutException>(() => read);
        Assert.Equal("A shared read took too long.", error.Message);
        Assert.IsAssignableFrom<OperationCanceledException>(error.InnerException);
    }

    [Fact]
    public async Task Of_a_thousand_reads_under_way_only_those_of_the_same_key_are_looked_at()
    {
        var all = Enumerable.Range(0, 1_000).Select(key => RunAsync(key)).ToList();
        Assert.Equal(0, _looks);
        all.AddRange(Enumerable.Range(0, 1_000).Select(key => RunAsync(key)));
        Assert.Equal((1_000, 1_000), (_looks, _reads.Count));
        _reads.ForEach(read => read.SetResult("a"));
        await Task.WhenAll(all);
    }

    private Task<string> RunAsync(int key, CancellationToken cancellationToken = default) => _flights.RunAsync(
        key,
        0,
        _ => ++_looks > 0,
        async lifetime =>
        {
            var read = new TaskCompletionSource<string>();
            _reads.Add(read);
            return await read.Task.WaitAsync(lifetime);
        },
        cancellationToken);
}
