using System.Diagnostics.Metrics;
using DurableChat.Diagnostics;

namespace DurableChat.Feeds;

/// <summary>Metrics of feeds. Thread-safe.</summary>
internal sealed class FeedMetrics
{
    private readonly Meter _meter;
    private readonly TimeProvider _time;
    private readonly Counter<long> _hits;
    private readonly Counter<long> _misses;
    private readonly Counter<long> _evictions;
    private readonly Counter<long> _visits;
    private readonly Counter<long> _deliveries;
    private readonly UpDownCounter<long> _subscriptions;
    private readonly Histogram<double> _commitToDelivery;

    public FeedMetrics(IMeterFactory? meters, TimeProvider time)
    {
        _time = time;
        _meter = DurableChatMeter.Create(meters);
        _hits = _meter.CreateCounter<long>(
            "durablechat.window.hits",
            description: "Looks of subscribers behind the head that the durable window answered.");
        _misses = _meter.CreateCounter<long>(
            "durablechat.window.misses",
            description: "Looks of subscribers behind the head that the database had to answer.");
        _evictions = _meter.CreateCounter<long>(
            "durablechat.window.evictions", description: "Feeds that gave memory back to stay within the budget.");
        _visits = _meter.CreateCounter<long>(
            "durablechat.window.eviction_visits", description: "Feeds looked at to find those that give memory back.");
        _deliveries = _meter.CreateCounter<long>(
            "durablechat.deliveries", description: "Events handed to the network, one for each subscriber.");
        _subscriptions = _meter.CreateUpDownCounter<long>(
            "durablechat.subscriptions.active", description: "Subscribers of chats.");
        foreach (var counter in (Counter<long>[])[_hits, _misses, _evictions, _visits, _deliveries])
        {
            // A counter without measurements is not exported, but readers of the metrics should see a zero.
            counter.Add(0);
        }

        _commitToDelivery = _meter.CreateHistogram(
            "durablechat.commit_to_delivery",
            "s",
            "Time from the publication of a committed message to its hand-over to the network.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = DurableChatMeter.ShortTimes });
    }

    public void WindowHit() => _hits.Add(1);

    public void WindowMiss() => _misses.Add(1);

    public void Evicted() => _evictions.Add(1);

    public void Visited() => _visits.Add(1);

    public void SubscriptionOpened() => _subscriptions.Add(1);

    public void SubscriptionClosed() => _subscriptions.Add(-1);

    /// <summary>
    /// Counts deliveries. The delay is recorded only for subscribers that were connected when the message committed.
    /// </summary>
    public void Sent(IReadOnlyList<StreamEvent> events, bool isLive)
    {
        _deliveries.Add(events.Count);
        if (!isLive || !_commitToDelivery.Enabled)
        {
            return;
        }

        foreach (var sent in events)
        {
            // Messages read from the database have no time of publication, and parts are not committed.
            if (sent is MessageEvent { PublishedAt: not 0 })
            {
                _commitToDelivery.Record(_time.GetElapsedTime(sent.PublishedAt).TotalSeconds);
            }
        }
    }

    public void Observe(Func<int> feeds, Func<long> bytes)
    {
        _meter.CreateObservableUpDownCounter("durablechat.feeds.active", feeds, description: "Chats held in memory.");
        _meter.CreateObservableUpDownCounter(
            "durablechat.feeds.bytes",
            bytes,
            "By",
            "Memory that feeds hold: windows, answers in flight, states and their events.");
    }
}
