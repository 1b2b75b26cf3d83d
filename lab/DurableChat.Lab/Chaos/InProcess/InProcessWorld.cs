using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DurableChat.Chats;
using DurableChat.Diagnostics;
using DurableChat.Lab.Faults;
using DurableChat.Notifications;
using DurableChat.ScaleTest.Mock;
using DurableChat.ScaleTest.Running;
using DurableChat.ScaleTest.Wire;
using DurableChat.Sqlite;
using DurableChat.Storage;
using Microsoft.AspNetCore.Http;

namespace DurableChat.Lab.Chaos.InProcess;

/// <summary>
/// Replicas as objects of this process, on one SQLite database in a temporary file, joined by an in-process channel and
/// relays, with a clock that runs ten times as fast. A thousand seeds take minutes; what lies below the library (HTTP,
/// PostgreSQL, operating system) is covered by real processes only.
/// </summary>
internal sealed class InProcessWorld : IChaosWorld
{
    private const string Owner = "chaos";
    private const int Speed = 10;
    private const int MessagesPerRead = 200;
    private static readonly TimeSpan _downTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _badTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _slowTime = TimeSpan.FromSeconds(4);

    /// <summary>As events have it.</summary>
    private static readonly JsonSerializerOptions _json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly ChaosOptions _options;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("durablechat-chaos-");
    private readonly SqliteChatStore _store;
    private readonly InProcessChannel _channel = new();
    private readonly StoreWeather _weather;
    private readonly ChaosModelState _model;
    private readonly DateTimeOffset _began = TimeProvider.System.GetUtcNow();
    private readonly long _beganAt = TimeProvider.System.GetTimestamp();
    private readonly InProcessReplica?[] _replicas;
    private readonly Dictionary<Uri, InProcessReplica> _addresses = [];
    private int _started;
    private volatile string? _death;

    private InProcessWorld(ChaosOptions options)
    {
        _options = options;
        _replicas = new InProcessReplica?[options.Replicas];
        Time = new ReplicaTime(new ReplicaPower(), _began, _beganAt, Speed);
        _weather = new StoreWeather((ulong)options.Seed, Time);
        _model = new ChaosModelState(Time);
        _store = SqliteChatStore.Open(
            new SqliteStoreOptions(Path.Combine(_folder.FullName, "chats.db")), new StoreMetrics(null), Time);
    }

    /// <summary>The faults that can be done here.</summary>
    public static IReadOnlyList<ChaosFault> Faults { get; } =
        [
            ChaosFault.Kill,
            ChaosFault.Pause,
            ChaosFault.Rolling,
            ChaosFault.Restart,
            ChaosFault.Channel,
            ChaosFault.Slow,
            ChaosFault.DiskFull,
            ChaosFault.Hang,
            ChaosFault.ReadOnly,
            ChaosFault.Late,
        ];

    public TimeProvider Time { get; }

    public RunLimits Limits { get; } = new();

    public bool IsUsageCounted => true;

    public static async Task<IChaosWorld> StartAsync(ChaosOptions options, CancellationToken cancellationToken)
    {
        var world = new InProcessWorld(options);
        for (var i = 0; i < options.Replicas; i++)
        {
            await world.StartReplicaAsync(i);
        }

        return world;
    }

    public Task<ActionReply> ActAsync(
        int replica,
        ChaosAction action,
        string? key,
        CancellationToken cancellationToken) =>
        ServeAsync(replica, async (chats, aborted) =>
        {
            try
            {
                return await InProcessActions.ActAsync(chats, Owner, action, key, aborted);
            }
            catch (ChatStoreException)
            {
                return new ActionReply(StatusCodes.Status503ServiceUnavailable, "", 0, 0, 0, "storage_unavailable");
            }
        }, cancellationToken);

    public async Task<IWireStream> FollowAsync(
        int replica,
        string chat,
        string? position,
        CancellationToken cancellationToken)
    {
        var at = Find(replica);
        var from = position is not null && Position.TryParse(position, out var parsed) ? parsed : default;
        var subscription = await ServeAsync(
            replica,
            (chats, aborted) => chats.SubscribeAsync(Owner, ChatId.Parse(chat), from, aborted),
            cancellationToken)
            ?? throw new HttpRequestException("There is no such chat.");
        return new InProcessStream(at, subscription);
    }

    public async Task<ChatView> ReadAsync(int replica, string chat, CancellationToken cancellationToken)
    {
        var state = await ServeAsync(
            replica,
            (chats, aborted) => chats.GetAsync(Owner, ChatId.Parse(chat), aborted),
            cancellationToken) ?? throw new HttpRequestException("There is no such chat.");
        return new ChatView(
            JsonNamingPolicy.SnakeCaseLower.ConvertName(state.Status.ToString()),
            state.Archived,
            state.Version,
            state.LastMessageId,
            [.. state.Queue.Select(queued => (queued.Id, queued.Content))],
            [.. state.PendingToolCalls.Select(call => call.CallId)],
            state.Error?.Code)
        {
            Usage = new Cost(state.Usage?.InputTokens ?? 0, state.Usage?.OutputTokens ?? 0),
        };
    }

    public async Task<IReadOnlyList<WireMessage>> ReadHistoryAsync(
        int replica,
        string chat,
        CancellationToken cancellationToken)
    {
        var messages = new List<WireMessage>();
        while (true)
        {
            var query = MessageQuery.After(
                messages.Count == 0 ? 0 : messages[^1].Id, MessagesPerRead, ReadReason.History);
            var page = await ServeAsync(
                replica,
                (chats, aborted) => chats.ReadMessagesAsync(Owner, ChatId.Parse(chat), query, aborted),
                cancellationToken)
                ?? throw new HttpRequestException("There is no such chat.");
            messages.AddRange(
                page.Messages.Select(message => WireMessage.Read(JsonSerializer.SerializeToElement(message, _json))));
            if (page.Messages.Count == 0 || page.Messages[^1].Id >= page.HeadId)
            {
                return messages;
            }
        }
    }

    public async Task InjectAsync(PlannedFault fault, CancellationToken cancellationToken)
    {
        var victim = fault.Victim;
        switch (fault.Kind)
        {
            case ChaosFault.Kill:
                var killed = _replicas[victim]!;
                _replicas[victim] = null;
                killed.Power.Kill();
                await Task.Delay(_downTime, Time, CancellationToken.None);
                await StartReplicaAsync(victim);
                break;
            case ChaosFault.Pause:
                var paused = _replicas[victim]!;
                paused.Power.Freeze();
                await Task.Delay(TestBed.LeaseUnderFaults * 1.5, Time, CancellationToken.None);
                paused.Power.Resume();
                break;
            case ChaosFault.Rolling:
                for (var i = 0; i < _replicas.Length; i++)
                {
                    await _replicas[i]!.StopAsync();
                    _replicas[i] = null;
                    await StartReplicaAsync(i);
                }

                break;
            case ChaosFault.Channel:
                for (var began = Time.GetTimestamp(); Time.GetElapsedTime(began) < _slowTime;)
                {
                    _channel.Cut();
                    await Task.Delay(_downTime / 10, Time, CancellationToken.None);
                }

                break;
            default:
                await InjectIntoStoreAsync(fault);
                break;
        }
    }

    /// <summary>No fault reaches the database for one replica alone.</summary>
    public bool Isolates(ChaosFault fault) => false;

    public Task<IReadOnlyList<WorkRecord>> ReadWorkAsync(DateTimeOffset origin, CancellationToken cancellationToken) =>
        Task.FromResult(_model.Journal.Read(origin));

    public async Task<Cost> ReadOwnerUsageAsync(int replica, CancellationToken cancellationToken)
    {
        var days = await _store.ReadUsageAsync(Owner, DateOnly.MinValue, DateOnly.MaxValue, cancellationToken);
        return Cost.Sum(days.Select(day => new Cost(day.Usage.InputTokens, day.Usage.OutputTokens)));
    }

    public Task<IReadOnlyList<string>> FindBadHistoriesAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([.. _model.BadHistories]);

    public string? FindDeath() => _death;

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            replica?.Power.Kill();
        }

        await _store.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task InjectIntoStoreAsync(PlannedFault fault)
    {
        var (weather, time) = fault.Kind switch
        {
            ChaosFault.Restart => (StoreWeatherKind.Down, _badTime),
            ChaosFault.DiskFull => (StoreWeatherKind.Full, _badTime),
            ChaosFault.Slow => (StoreWeatherKind.Slow, _slowTime),
            ChaosFault.Hang => (StoreWeatherKind.Hanging, fault.Stall),
            ChaosFault.ReadOnly => (StoreWeatherKind.ReadOnly, fault.Stall),

            // Commits that begin in it are late by up to 20 seconds more.
            ChaosFault.Late => (StoreWeatherKind.Late, fault.Stall / 3),
            _ => throw new InvalidOperationException($"{fault.Kind} cannot be done here."),
        };
        _weather.Begin(weather);
        await Task.Delay(time, Time, CancellationToken.None);
        await _weather.EndAsync();
    }

    private async Task StartReplicaAsync(int number)
    {
        var started = ++_started;
        var power = new ReplicaPower();
        var time = new ReplicaTime(power, _began, _beganAt, Speed);
        var address = new Uri($"inprocess://replica-{number}-{started}/");
        var replica = await InProcessReplica.StartAsync(new InProcessParts(
            $"{number}-{started}",
            address,
            power,
            time,
            new PoweredStore(_store, power, _weather),
            new FaultyChannel(new PoweredChannel(_channel, power), _options.NotificationFaults),
            new InProcessRelay(FindByAddress, power),
            new ChaosModel((ulong)_options.Seed, _options.ModelErrors, number, _model, time),
            new WorkTool(number, _model.Journal, time).Create(),

            // A window that is soon outgrown makes followers read the database too.
            WindowMessages: number % 2 == 0 ? 256 : 4));
        lock (_addresses)
        {
            _addresses[address] = replica;
        }

        _replicas[number] = replica;
    }

    private InProcessReplica? FindByAddress(Uri address)
    {
        lock (_addresses)
        {
            return _addresses.GetValueOrDefault(address);
        }
    }

    private InProcessReplica Find(int number) => _replicas[number] is { } replica
        && !replica.Leaving.IsCancellationRequested ? replica : throw new HttpRequestException("Nobody listens there.");

    private async Task<T> ServeAsync<T>(
        int replica,
        Func<ChatService, CancellationToken, Task<T>> serve,
        CancellationToken cancellationToken)
    {
        try
        {
            return await Find(replica).ServeAsync(serve, cancellationToken);
        }
        catch (ChatStoreException exception)
        {
            throw new HttpRequestException(exception.Message, exception);
        }
        catch (Exception exception) when (exception is not (HttpRequestException or IOException
            or OperationCanceledException))
        {
            // What no endpoint expects would be a 500.
            _death ??= exception.ToString();
            throw new HttpRequestException(exception.Message, exception);
        }
    }
}
