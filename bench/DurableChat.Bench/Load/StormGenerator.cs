using System.Diagnostics;
using System.Globalization;
using DurableChat.Bench.Wire;
using DurableChat.ScaleTest.Measuring;

namespace DurableChat.Bench.Load;

/// <summary>
/// Follows answers with many subscribers, cuts all of them in mid-answer, lets the chats continue without them, and then
/// lets all resume at once.
/// </summary>
internal sealed class StormGenerator : IDisposable
{
    /// <summary>Parts that each subscriber has got when it is cut.</summary>
    private const int PartsBefore = 40;

    /// <summary>Messages that are committed while nobody follows, and parts of the next answer.</summary>
    private const int MessagesMissed = 2, PartsMissed = 10;

    private const double Patience = 60, Quiet = 1;
    private readonly LoadPlan _plan;
    private readonly SubscriberPool _pool;
    private readonly Publisher _publisher;
    private readonly HttpClient _http = new();
    private readonly List<double> _times = [];

    public StormGenerator(LoadPlan plan)
    {
        _plan = plan;
        _pool = new SubscriberPool(plan);
        _publisher = new Publisher(plan.ControlPort, plan.Chats);
    }

    public async Task<StormResult> RunAsync()
    {
        _pool.ConnectUpTo(_plan.Subscribers);
        _pool.WaitUntilReady();
        _pool.PollUntil(() => false, Quiet);
        Publish(EventKind.Part, PartsBefore);
        _pool.PollUntil(() => _pool.Received >= (long)PartsBefore * _plan.Subscribers, Patience);
        _pool.CutAll();
        Publish(EventKind.Message, MessagesMissed);
        Publish(EventKind.Part, PartsMissed);
        _pool.PollUntil(() => false, Quiet);

        var readsBefore = await ReadsAsync();
        _pool.Taken = NoteHead;
        var start = Reading.Take(_plan, 0, 0);
        _pool.ConnectUpTo(_plan.Subscribers);
        _pool.PollUntil(() => _times.Count == _plan.Subscribers, Patience);
        var end = Reading.Take(_plan, 0, 0);
        _times.Sort();
        return new StormResult
        {
            Subscribers = _plan.Subscribers,
            AtHead = _times.Count,
            Seconds = Stopwatch.GetElapsedTime(start.At, end.At).TotalSeconds,
            P50Ms = Percentile(0.5),
            P99Ms = Percentile(0.99),
            Reads = await ReadsAsync() - readsBefore,
            ServerCpuSeconds = end.ServerCpu - start.ServerCpu,
        };
    }

    public void Dispose()
    {
        _publisher.Dispose();
        _pool.Dispose();
        _http.Dispose();
    }

    private void Publish(EventKind kind, int times)
    {
        for (var i = 0; i < times; i++)
        {
            _publisher.Ask(kind, 0, _plan.Chats);
        }

        _publisher.WaitUntilDone();
    }

    private void NoteHead(Subscriber subscriber, long? latency)
    {
        if (subscriber.Received == MessagesMissed + PartsMissed)
        {
            _times.Add(Stopwatch.GetElapsedTime(subscriber.ConnectedAt).TotalMilliseconds);
        }
    }

    private double Percentile(double share) => _times.Count == 0 ? 0 : _times[(int)((_times.Count - 1) * share)];

    /// <summary>
    /// Reads of messages for streams so far, as the server counts them; 0 for one that has no database.
    /// </summary>
    private async Task<double> ReadsAsync()
    {
        if (!_plan.HasMetrics)
        {
            return 0;
        }

        var text = await _http.GetStringAsync(
            new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_plan.Port}/metrics")));
        var reading = new ServerReading { Text = PrometheusText.Read([text]) };
        return reading.InitialReads + reading.CatchUpReads + reading.RemoteReads + reading.FullRefreshReads;
    }
}
