using DurableChat.Lab.Chaos.InProcess;
using DurableChat.Storage;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DurableChat.Chaos.Tests.Faults;

/// <summary>The stalls of the database within one process are what they are called.</summary>
public sealed class StoreWeatherTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly StoreWeather _weather;
    private int _done;

    public StoreWeatherTests() => _weather = new StoreWeather(seed: 1, _time);

    [Fact]
    public async Task Writes_hang_until_it_is_over_and_then_succeed_while_reads_work()
    {
        _weather.Begin(StoreWeatherKind.Hanging);
        var (write, commit) = (CallAsync(StoreCall.Write), CallAsync(StoreCall.Commit));
        await CallAsync(StoreCall.Read);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((1, false, false), (_done, write.IsCompleted, commit.IsCompleted));
        await _weather.EndAsync();
        await Task.WhenAll(write, commit);
        Assert.Equal(3, _done);
    }

    [Fact]
    public async Task Writes_fail_at_once_where_only_reads_work()
    {
        _weather.Begin(StoreWeatherKind.ReadOnly);
        await Assert.ThrowsAsync<ChatStoreException>(() => CallAsync(StoreCall.Write));
        await Assert.ThrowsAsync<ChatStoreException>(() => CallAsync(StoreCall.Commit));
        await CallAsync(StoreCall.Read);
        Assert.Equal(1, _done);
        await _weather.EndAsync();
        await CallAsync(StoreCall.Commit);
        Assert.Equal(2, _done);
    }

    [Fact]
    public async Task A_late_commit_fails_for_its_caller_and_is_done_after_that()
    {
        _weather.Begin(StoreWeatherKind.Late);
        var commits = Enumerable.Range(0, 20).Select(_ => CallAsync(StoreCall.Commit)).ToList();
        await Task.WhenAll(CallAsync(StoreCall.Read), CallAsync(StoreCall.Write));
        var inTime = commits.Count(commit => commit.IsCompletedSuccessfully);
        Assert.InRange(inTime, 3, 17);
        Assert.Equal(inTime + 2, _done);

        // All callers have given up, and none of their commits is done: who looks now does not see it.
        _time.Advance(TimeSpan.FromSeconds(2));
        await Task.WhenAll(commits).ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.Equal(20 - inTime, commits.Count(commit => commit.Exception?.InnerException is ChatStoreException));
        Assert.Equal(inTime + 2, _done);

        var ending = _weather.EndAsync();
        while (!ending.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(22, _done);
    }

    private Task CallAsync(StoreCall call) => _weather.CallAsync(call, () => Task.FromResult(Interlocked.Increment(ref _done)));
}
