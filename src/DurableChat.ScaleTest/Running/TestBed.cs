using System.Globalization;
using DurableChat.ScaleTest.Commands;
using DurableChat.ScaleTest.Mock;
using DurableChat.ScaleTest.Scenarios;

namespace DurableChat.ScaleTest.Running;

/// <summary>
/// The servers and the mock model of a run, with a temporary database; or servers that were started elsewhere.
/// </summary>
internal sealed class TestBed : IAsyncDisposable
{
    private const int MaxLogLines = 20;

    /// <summary>How long a lease lives without a heartbeat, in runs with faults.</summary>
    public static readonly TimeSpan LeaseUnderFaults = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How often replicas compare what they drive with what they should, and look for chats without a driver, in runs
    /// with faults.
    /// </summary>
    public static readonly TimeSpan ReconcileUnderFaults = TimeSpan.FromSeconds(1);

    /// <summary>How often replicas compare versions with the database, in runs with faults.</summary>
    public static readonly TimeSpan SyncUnderFaults = TimeSpan.FromSeconds(4);

    /// <summary>How long a notification may be on its way, in runs with faults.</summary>
    public static readonly TimeSpan SyncPatienceUnderFaults = TimeSpan.FromSeconds(1);

    private readonly List<ReplicaProcess> _servers = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("durablechat-scaletest-");
    private ManagedProcess? _mock;
    private PostgresProcess? _postgres;
    private SlowProxy? _proxy;
    private IReadOnlyList<int> _foundIds = [];

    private TestBed()
    {
    }

    /// <summary>Where the replicas are.</summary>
    public IReadOnlyList<Uri> Replicas { get; private set; } = [];

    /// <summary>The process ids of those replicas that run on this machine and can be seen.</summary>
    public IReadOnlyList<int> ServerIds => _servers.Count > 0 ? [.. _servers.Select(server => server.Id).OfType<int>()] : _foundIds;

    /// <summary>The test's own replicas.</summary>
    public IReadOnlyList<ReplicaProcess> Servers => _servers;

    /// <summary>The test's own database; null if the servers were started elsewhere.</summary>
    public PostgresProcess? Database => _postgres;

    /// <summary>What stands between the replicas and the database; null without faults.</summary>
    public SlowProxy? Proxy => _proxy;

    /// <summary>The token of an operator; null if the test's servers need none.</summary>
    public string? OperatorToken { get; private set; }

    /// <summary>The tokens of owners, if the load needs any.</summary>
    public IReadOnlyList<string> OwnerTokens { get; private set; } = [];

    /// <summary>The mock model; null if the servers use another.</summary>
    public Uri? Mock => _mock?.Url;

    /// <summary>The mock model's process; null if it is not the test's own.</summary>
    public int? MockId => _mock?.Id;

    /// <summary>The process of the database; null if it is not the test's own.</summary>
    public int? DatabaseId => _postgres?.Id;

    /// <summary>Completes when a process of the test has ended by itself, with its name and its last lines.</summary>
    public async Task<string> WaitForDeathAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (_servers.Find(server => server.HasDied) is { } dead)
            {
                return Describe(dead.Name, dead.Log);
            }

            if (_mock is { Ended.IsCompleted: true })
            {
                return Describe(_mock.Name, _mock.Log);
            }
        }

        throw new OperationCanceledException(cancellationToken);

        static string Describe(string name, IReadOnlyList<string> log) => $"{name} ended in mid-run.{string.Concat(log.TakeLast(MaxLogLines).Select(line => $"\n    {line}"))}";
    }

    /// <summary>Starts what is needed.</summary>
    /// <exception cref="StartFailedException">Something did not come up.</exception>
    public static async Task<TestBed> StartAsync(BedOptions options, LoadOptions load, CancellationToken cancellationToken)
    {
        var bed = new TestBed();
        try
        {
            if (options.Urls.Count > 0)
            {
                bed.Replicas = options.Urls;
                var found = options.Urls.Select(ListeningProcess.Find).ToList();

                // Some without the others would be a part passed off as the whole; their own metrics then speak for all
                // of them.
                bed._foundIds = found.TrueForAll(id => id is not null) ? [.. found.OfType<int>().Distinct()] : [];
            }
            else
            {
                await bed.StartOwnAsync(options, load, cancellationToken);
            }

            return bed;
        }
        catch
        {
            await bed.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_servers.Select(server => server.DisposeAsync().AsTask()));
        if (_mock is not null)
        {
            await _mock.DisposeAsync();
        }

        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }

        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    private async Task StartOwnAsync(BedOptions options, LoadOptions load, CancellationToken cancellationToken)
    {
        // The model of an abuser works hard, too, but for others it is elsewhere.
        _mock = await ManagedProcess.StartAsync(
            "the mock model", MockArguments(options, load), new Dictionary<string, string>(), _folder.FullName, cancellationToken, new ProcessTraits { Yields = load.NeedsOwners });
        var settings = new Dictionary<string, string>
        {
            ["Models__0__Name"] = "mock",
            ["Models__0__Provider"] = "openai",
            ["Models__0__Model"] = "mock",
            ["Models__0__Endpoint"] = new Uri(_mock.Url, "v1").ToString(),
            ["DurableChat__Worker__MaxConcurrentTurns"] = Number(Math.Max(1000, load.Chats)),
            ["Http__MaxStreamsPerOwner"] = "1000000",
            ["Logging__LogLevel__Default"] = "Warning",
        };
        if (!load.NeedsOwners)
        {
            // All chats are one owner's.
            settings["DurableChat__Worker__MaxConcurrentTurnsOfOwner"] = settings["DurableChat__Worker__MaxConcurrentTurns"];
        }

        if (options.HasFaults)
        {
            settings["DurableChat__Worker__HeartbeatInterval"] = "00:00:01";
            settings["DurableChat__Worker__LeaseDuration"] = Time(LeaseUnderFaults);
            settings["DurableChat__Worker__ReconcileInterval"] = Time(ReconcileUnderFaults);
            settings["DurableChat__Notifications__SyncInterval"] = Time(SyncUnderFaults);
            settings["DurableChat__Notifications__SyncPatience"] = Time(SyncPatienceUnderFaults);
            settings["DurableChat__Worker__DrainTime"] = "00:00:02";
        }

        if (load.NeedsOwners)
        {
            settings["DurableChat__Feeds__TotalBytes"] = load.FeedBudget.ToString(CultureInfo.InvariantCulture);
            (OperatorToken, OwnerTokens) = Running.OwnerTokens.AddTo(settings, load.Chats + 1);
        }

        if (options.ModelErrors > 0)
        {
            settings["DurableChat__Worker__Retry__FirstDelay"] = "00:00:00.2";
        }

        if (options.Redis is { } redis)
        {
            settings["Notifications__Redis"] = redis;
        }

        if (options.PoolSize is { } connections)
        {
            settings["Store__MaxConnections"] = Number(connections);
        }

        var store = await PrepareStoreAsync(options, cancellationToken);
        for (var i = 0; i < options.Replicas; i++)
        {
            List<string> arguments = ["--store", store];
            if (options.DurableWindow is { } window)
            {
                arguments.AddRange(["--durable-window", Number(window)]);
            }

            var own = new Dictionary<string, string>(settings);
            if (options.HasJournal)
            {
                own["Models__0__Endpoint"] = new Uri(_mock.Url, $"of/{i}/v1").ToString();
            }

            foreach (var (name, value) in options.OwnSettings?.Invoke(i, _mock.Url) ?? [])
            {
                own[name] = value;
            }

            _servers.Add(new ReplicaProcess($"server {i + 1}", arguments, own, _folder.FullName)
            {
                Traits = new ProcessTraits { OutlivesFileLimit = options.HasFaults && options.StoreKind == "sqlite" },
                Program = options.Program,
            });
            await _servers[^1].StartAsync(cancellationToken);
        }

        Replicas = [.. _servers.Select(server => server.Url)];
    }

    private async Task<string> PrepareStoreAsync(BedOptions options, CancellationToken cancellationToken)
    {
        if (options.StoreKind == "sqlite")
        {
            return options.Store is null or "sqlite" ? Path.Combine(_folder.FullName, "chats.db") : Path.GetFullPath(options.Store);
        }

        if (options.Store is not (null or "postgres"))
        {
            return options.Store;
        }

        _postgres = await PostgresProcess.StartAsync(isDurable: true, cancellationToken);
        if (!options.HasFaults)
        {
            return _postgres.ConnectionString;
        }

        _proxy = new SlowProxy(_postgres.Port, TimeProvider.System);
        return _postgres.ConnectionString.Replace($"Port={_postgres.Port}", $"Port={_proxy.Port}", StringComparison.Ordinal);
    }

    private static string[] MockArguments(BedOptions options, LoadOptions load) =>
    [
        ScaleTestCommand.Name, LlmMockCommand.Name,
        "--urls", "http://127.0.0.1:0",
        "--first-token-ms", Number(options.FirstTokenMs),
        "--chunks", Number(options.Chunks),
        "--chunk-bytes", Number(Math.Max(1, load.MessageBytes / options.Chunks)),
        "--chunk-ms", Number(options.ChunkMs),
        "--seed", Number(load.Seed),
        "--error-rate", (options.ModelErrors / 2).ToString(CultureInfo.InvariantCulture),
        "--disconnect-rate", (options.ModelErrors / 2).ToString(CultureInfo.InvariantCulture),
        "--tool-rate", options.ToolRate.ToString(CultureInfo.InvariantCulture),
        "--max-tool-calls", Number(options.MaxToolCalls),
        "--length-spread", options.LengthSpread.ToString(CultureInfo.InvariantCulture),
        .. options.HasJournal ? ["--journal"] : Array.Empty<string>(),
    ];

    private static string Time(TimeSpan time) => time.ToString("c", CultureInfo.InvariantCulture);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
