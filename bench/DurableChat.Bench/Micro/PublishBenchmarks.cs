using BenchmarkDotNet.Attributes;
using DurableChat.Chats;
using DurableChat.Feeds;
using Polly;

namespace DurableChat.Bench.Micro;

/// <summary>A message is published, and every subscriber has taken it.</summary>
public class PublishBenchmarks
{
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _all = new(0);
    private MicroChat _chat = null!;
    private int _missing;

    /// <summary>How many subscribers wait for it.</summary>
    [Params(0, 1, 100)]
    public int Subscribers { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _chat = new MicroChat(256);
        var reader = new CatchUpReader(new NoStore(), new FeedOptions(), TimeProvider.System);
        _missing = Subscribers;
        for (var i = 0; i < Subscribers; i++)
        {
            _ = FollowAsync(new Subscription(
                _chat.Registry.Pin(_chat.Id),
                reader,
                _chat.Metrics,
                ResiliencePipeline.Empty,
                new Position(1, _chat.Head, 0, 0)));
        }

        WaitForAll();
    }

    [GlobalCleanup]
    public void Cleanup() => _end.Cancel();

    [Benchmark]
    public void Publish()
    {
        Volatile.Write(ref _missing, Subscribers);
        _chat.Feed.Publish(_chat.Append());
        WaitForAll();
    }

    private void WaitForAll()
    {
        if (Subscribers > 0)
        {
            _all.Wait();
        }
    }

    private async Task FollowAsync(Subscription subscription)
    {
        using (subscription)
        {
            var events = new List<StreamEvent>();
            while (await subscription.NextAsync(events, _end.Token))
            {
                // The first time it is the status, then a message.
                if (Interlocked.Decrement(ref _missing) == 0)
                {
                    _all.Release();
                }
            }
        }
    }
}
