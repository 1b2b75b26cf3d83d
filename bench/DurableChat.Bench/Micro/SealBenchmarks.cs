using BenchmarkDotNet.Attributes;
using DurableChat.Cluster;
using DurableChat.Notifications;

namespace DurableChat.Bench.Micro;

/// <summary>
/// What it costs that notifications are sealed: each is sealed once, and opened by every other replica.
/// </summary>
public class SealBenchmarks
{
    private const int MaxBytes = 7_999;
    private NotificationSeal _here = null!;
    private NotificationSeal _there = null!;
    private string _content = null!;
    private string _frame = null!;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        (_here, _there) = (await SealAsync(), await SealAsync());
        var chat = new MicroChat(256);
        _content = NotificationWriter.Write(
            chat.Append(), "replica", NotificationSeal.MaxContentBytes(MaxBytes));
        _frame = _here.Seal(_content, SealedKind.News);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _here.Dispose();
        _there.Dispose();
    }

    [Benchmark]
    public string Seal() => _here.Seal(_content, SealedKind.News);

    /// <summary>The same frame each time: that it was here before is known only once it is open.</summary>
    [Benchmark]
    public bool Open()
    {
        using var opened = _there.Open(_frame, out var lacksKey);
        return lacksKey;
    }

    private static async Task<NotificationSeal> SealAsync()
    {
        var seal = new NotificationSeal(
            new ClusterKeys(null, ["a secret of a cluster of benchmarks"], TimeProvider.System));
        await seal.ReadyAsync(CancellationToken.None);
        return seal;
    }
}
