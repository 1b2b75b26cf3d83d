using DurableChat.Lab.Faults;
using DurableChat.ScaleTest.Mock;
using DurableChat.ScaleTest.Running;
using DurableChat.ScaleTest.Scenarios;
using DurableChat.ScaleTest.Wire;

namespace DurableChat.Lab.Chaos.Worlds;

/// <summary>Real servers as processes of their own, on a real database, with the mock model.</summary>
internal sealed class ProcessWorld : IChaosWorld
{
    private static readonly TimeSpan _downTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _channelTime = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan _slowTime = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan _fullTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _slowness = TimeSpan.FromMilliseconds(50);
    private readonly TestBed _bed;
    private readonly ChaosHttp _http = new();
    private readonly ChatApi _api;
    private bool _isUpgraded;

    private ProcessWorld(TestBed bed)
    {
        _bed = bed;
        _api = new ChatApi(null, Time);
    }

    public TimeProvider Time => TimeProvider.System;

    public RunLimits Limits { get; } = new();

    public bool IsUsageCounted { get; private set; } = true;

    /// <summary>The faults that can be done to a store.</summary>
    /// <param name="store">Its kind.</param>
    /// <param name="hasPrevious">True if the replicas start with the previous version of the program.</param>
    public static IReadOnlyList<ChaosFault> FaultsFor(string store, bool hasPrevious) =>
        [.. hasPrevious ? [ChaosFault.Upgrade] : Array.Empty<ChaosFault>(), .. FaultsFor(store)];

    private static ChaosFault[] FaultsFor(string store) => store == "sqlite"
        ? [ChaosFault.Kill, ChaosFault.Pause, ChaosFault.Rolling, ChaosFault.DiskFull]
        : [
            ChaosFault.Kill,
            ChaosFault.Pause,
            ChaosFault.Rolling,
            ChaosFault.Restart,
            ChaosFault.Terminate,
            ChaosFault.Channel,
            ChaosFault.Slow,
            ChaosFault.Hang,
            ChaosFault.ReadOnly,
            ChaosFault.Late,
        ];

    /// <summary>Starts the processes.</summary>
    /// <exception cref="StartFailedException">One did not come up.</exception>
    public static async Task<IChaosWorld> StartAsync(ChaosOptions options, CancellationToken cancellationToken)
    {
        var world = new ProcessWorld(await StartBedAsync(options, cancellationToken));
        if (options.Previous is null)
        {
            return world;
        }

        try
        {
            world.IsUsageCounted = await world._http.CountsUsageAsync(world._bed.Replicas[0], cancellationToken);
            return world;
        }
        catch (Exception exception)
        {
            await world.DisposeAsync();
            throw exception is HttpRequestException
                ? new StartFailedException($"The previous version does not answer: {exception.Message}")
                : exception;
        }
    }

    private static Task<TestBed> StartBedAsync(ChaosOptions options, CancellationToken cancellationToken) =>
        TestBed.StartAsync(
            new BedOptions
            {
                Replicas = options.Replicas,
                Store = options.Store,
                Program = options.Previous ?? LabServer.Program,
                OwnSettings = (replica, mock) => SettingsOf(options, replica, mock),
                HasFaults = true,
                ModelErrors = options.ModelErrors,
                HasJournal = true,
                ToolRate = 0.4,
                MaxToolCalls = 2,
                LengthSpread = 0.9,
                FirstTokenMs = 20,
                Chunks = 30,
                ChunkMs = 15,
            },
            new LoadOptions { Chats = options.Chats, MessageBytes = 300, Seed = options.Seed },
            cancellationToken);

    private static Dictionary<string, string> SettingsOf(ChaosOptions options, int replica, Uri mock)
    {
        var settings = LabServer.Settings(replica, options.Replicas > 1 ? 1 : 0, options.NotificationFaults);
        settings[LabServer.Name(nameof(LabSettings.ToolUrl))] = new Uri(mock, $"of/{replica}/tool").ToString();
        if (options.Previous is not null)
        {
            // Versions before the lab had these switches themselves. Later ones ignore the section.
            settings["Testing__ClockOffsetMinutes"] = settings[LabServer.Name(nameof(LabSettings.ClockOffsetMinutes))];
            settings["Testing__ToolUrl"] = settings[LabServer.Name(nameof(LabSettings.ToolUrl))];
        }

        return settings;
    }

    public Task<ActionReply> ActAsync(
        int replica,
        ChaosAction action,
        string? key,
        CancellationToken cancellationToken) =>
        _http.ActAsync(_bed.Replicas[replica], action, key, cancellationToken);

    public Task<IWireStream> FollowAsync(
        int replica,
        string chat,
        string? position,
        CancellationToken cancellationToken) =>
        _api.OpenAsync(
            _bed.Replicas[replica],
            chat,
            replica % 2 == 0 ? Transport.Sse : Transport.Websocket,
            position,
            0,
            cancellationToken);

    public Task<ChatView> ReadAsync(int replica, string chat, CancellationToken cancellationToken) =>
        _http.ReadAsync(_bed.Replicas[replica], chat, cancellationToken);

    public Task<Cost> ReadOwnerUsageAsync(int replica, CancellationToken cancellationToken) =>
        _http.ReadUsageAsync(_bed.Replicas[replica], cancellationToken);

    public Task<IReadOnlyList<WireMessage>> ReadHistoryAsync(
        int replica,
        string chat,
        CancellationToken cancellationToken) =>
        _api.HistoryAsync(_bed.Replicas[replica], chat, cancellationToken);

    public async Task InjectAsync(PlannedFault fault, CancellationToken cancellationToken)
    {
        // A fault that has begun is brought to its end, so that everything is up again.
        var server = _bed.Servers[fault.Victim];
        switch (fault.Kind)
        {
            case ChaosFault.Kill:
                await server.KillAsync();
                await Task.Delay(_downTime, Time, CancellationToken.None);
                await StartAgainAsync(server);
                break;
            case ChaosFault.Pause:
                await server.PauseAsync();
                await Task.Delay(TestBed.LeaseUnderFaults * 1.5, Time, CancellationToken.None);
                await server.ResumeAsync();
                break;
            case ChaosFault.Rolling:
                foreach (var each in _bed.Servers)
                {
                    await each.StopAsync();
                    await StartAgainAsync(each);
                }

                break;
            case ChaosFault.Upgrade:
                _isUpgraded = true;
                await server.StopAsync();
                await StartAgainAsync(server);
                break;
            case ChaosFault.DiskFull:
                await server.LimitFilesAsync(isFull: true);
                await Task.Delay(_fullTime, Time, CancellationToken.None);
                await server.LimitFilesAsync(isFull: false);
                break;
            default:
                await InjectIntoDatabaseAsync(fault);
                break;
        }
    }

    /// <summary>
    /// The connection over which a replica sends its heartbeats may be among those that are held back.
    /// </summary>
    public bool Isolates(ChaosFault fault) => fault == ChaosFault.Late;

    public Task<IReadOnlyList<WorkRecord>> ReadWorkAsync(DateTimeOffset origin, CancellationToken cancellationToken) =>
        _api.MockWorkAsync(_bed.Mock!, origin, cancellationToken);

    public async Task<IReadOnlyList<string>> FindBadHistoriesAsync(CancellationToken cancellationToken)
    {
        var statistics = await _api.MockStatisticsAsync(_bed.Mock!, cancellationToken);
        return [.. statistics.GetProperty("bad_histories").EnumerateArray().Select(fault => fault.GetString()!)];
    }

    public string? FindDeath() => _bed.Servers.FirstOrDefault(server => server.HasDied) is { } dead
        ? $"{dead.Name} died by itself.{string.Concat(dead.Log.TakeLast(20).Select(line => $"\n    {line}"))}"
        : null;

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _api.Dispose();
        await _bed.DisposeAsync();
    }

    /// <summary>The previous version refuses a database that this one has brought up to date.</summary>
    private Task StartAgainAsync(ReplicaProcess server)
    {
        server.Program = _isUpgraded ? LabServer.Program : server.Program;
        return server.StartAsync(CancellationToken.None);
    }

    private async Task InjectIntoDatabaseAsync(PlannedFault fault)
    {
        var stalls = new DatabaseStalls(_bed.Database!, _bed.Proxy!, Time);
        switch (fault.Kind)
        {
            case ChaosFault.Restart:
                await _bed.Database!.StopAsync();
                await Task.Delay(_downTime, Time, CancellationToken.None);
                await _bed.Database.StartAsync();
                break;
            case ChaosFault.Terminate:
                await _bed.Database!.ExecuteAsync(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'durablechat%'");
                break;
            case ChaosFault.Channel:
                for (var began = Time.GetTimestamp(); Time.GetElapsedTime(began) < _channelTime;)
                {
                    await _bed.Database!.ExecuteAsync(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'durablechat "
                            + "notifications'");
                    await Task.Delay(TimeSpan.FromMilliseconds(100), Time, CancellationToken.None);
                }

                break;
            case ChaosFault.Slow:
                _bed.Proxy!.Delay = _slowness;
                await Task.Delay(_slowTime, Time, CancellationToken.None);
                _bed.Proxy.Delay = TimeSpan.Zero;
                break;
            case ChaosFault.Hang:
                await stalls.HangWritesAsync(fault.Stall);
                break;
            case ChaosFault.ReadOnly:
                await stalls.RefuseWritesAsync(fault.Stall);
                break;
            case ChaosFault.Late:
                await stalls.DelayRequestsAsync(fault.Stall);
                break;
        }
    }
}
