using DurableChat.ScaleTest.Checking;
using DurableChat.ScaleTest.Measuring;
using DurableChat.ScaleTest.Wire;

namespace DurableChat.ScaleTest.Scenarios;

/// <summary>What all parts of a run share. Thread-safe.</summary>
internal sealed class Load(LoadOptions options, IReadOnlyList<Uri> replicas, ChatApi api, TimeProvider time)
{
    private readonly Random _random = new(options.Seed);
    private readonly Lock _randomLock = new();

    public LoadOptions Options { get; } = options;

    public ChatApi Api { get; } = api;

    public TimeProvider Time { get; } = time;

    public Counters Counters { get; } = new();

    /// <summary>The times of all that counts: where a scenario is about a steady load, not of what led there.</summary>
    public Latencies Latencies { get; private set; } = new();

    /// <summary>What the servers told when the steady load began; null where there is none.</summary>
    public ServerReading? Steady { get; private set; }

    public ViolationLog Violations { get; } = new();

    /// <summary>What the run is doing, in a word or two.</summary>
    public string Phase { get; set; } = "starting";

    /// <summary>The chats. Filled before the scenario begins.</summary>
    public IReadOnlyList<ChatDriver> Drivers { get; set; } = [];

    /// <summary>How much memory the servers have now, in bytes; 0 where it cannot be told.</summary>
    public Func<long> ServerBytes { get; set; } = () => 0;

    /// <summary>The tokens of the owners, if there are any; the last is that of one who has no chat.</summary>
    public IReadOnlyList<string> OwnerTokens { get; set; } = [];

    /// <summary>What the scenario measured at points of its own, in order.</summary>
    public List<Mark> Marks { get; } = [];

    public IReadOnlyList<Uri> Replicas { get; } = replicas;

    /// <summary>Reads the metrics of all replicas.</summary>
    /// <exception cref="HttpRequestException">They cannot be read.</exception>
    public async Task<ServerReading> ReadServersAsync(CancellationToken cancellationToken) =>
        new()
        {
            Text = PrometheusText.Read(
            await Task.WhenAll(Replicas.Select(replica => Api.MetricsAsync(replica, cancellationToken))))
        };

    /// <summary>
    /// Says that the load is steady from here on: latencies measured so far, while all chats were created at once, do
    /// not count.
    /// </summary>
    public async Task BeginSteadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            Steady = await ReadServersAsync(cancellationToken);
            Latencies = new Latencies();
        }
        catch (HttpRequestException)
        {
            // A replica is away, as faults have it; then all counts.
        }
    }

    /// <summary>A replica at random, as a load balancer would choose one.</summary>
    public Uri AnyReplica() => Replicas.Count == 1 ? Replicas[0] : Replicas[Random(Replicas.Count)];

    /// <summary>A number from 0 up to, and without, <paramref name="limit"/>.</summary>
    public int Random(int limit)
    {
        lock (_randomLock)
        {
            return _random.Next(limit);
        }
    }

    /// <summary>A time between the two.</summary>
    public TimeSpan RandomTime(int leastMs, int mostMs) =>
        TimeSpan.FromMilliseconds(leastMs + Random(mostMs - leastMs + 1));
}
