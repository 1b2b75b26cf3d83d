using DurableChat.Cluster;
using DurableChat.Models;
using DurableChat.Notifications;
using DurableChat.Relays;
using DurableChat.ScaleTest.Running;
using DurableChat.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DurableChat.Lab.Chaos.InProcess;

/// <summary>
/// The library as a replica within this process, from its start until it is stopped or killed. Thread-safe.
/// </summary>
#pragma warning disable CA1001 // What a killed replica leaves behind still holds its tokens; none has a timer.
internal sealed class InProcessReplica
#pragma warning restore CA1001
{
    /// <summary>All of them are in one process, where nothing needs to be hidden.</summary>
    private const string Secret = "what replicas of one process share";

    private readonly ServiceProvider _services;
    private readonly ChatService _chats;
    private readonly IReadOnlyList<IHostedService> _hosted;
    private readonly CancellationTokenSource _leaving = new();

    private InProcessReplica(ServiceProvider services, ReplicaPower power)
    {
        _services = services;
        Power = power;
        _chats = services.GetRequiredService<ChatService>();
        _hosted = [.. services.GetServices<IHostedService>()];
        Relay = services.GetRequiredService<RelaySource>();
    }

    public ReplicaPower Power { get; }

    /// <summary>Where other replicas get the parts of its answers.</summary>
    public RelaySource Relay { get; }

    /// <summary>Cancelled when it begins to stop: streams end then.</summary>
    public CancellationToken Leaving => _leaving.Token;

    /// <summary>Starts one.</summary>
    /// <param name="parts">What it is made of.</param>
    /// <exception cref="ChatStoreException">The database cannot be reached.</exception>
    public static async Task<InProcessReplica> StartAsync(InProcessParts parts)
    {
        var options = new DurableChatOptions
        {
            Worker = new()
            {
                Replica = parts.Name,
                Address = parts.Address.ToString(),
                HeartbeatInterval = TimeSpan.FromSeconds(1),
                LeaseDuration = TestBed.LeaseUnderFaults,
                ReconcileInterval = TestBed.ReconcileUnderFaults,
                DrainTime = TimeSpan.FromSeconds(1),
                Retry = new() { FirstDelay = TimeSpan.FromMilliseconds(200) },
            },
            Feeds = new() { WindowMessages = parts.WindowMessages },
            Notifications = new()
            {
                SyncInterval = TestBed.SyncUnderFaults,
                SyncPatience = TestBed.SyncPatienceUnderFaults,
            },
        };
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(parts.Time);
        services.AddSingleton<IChatStore>(parts.Store);
        services.AddSingleton<ILeaseStore>(parts.Store);
        services.AddSingleton<INotificationChannel>(parts.Channel);
        services.AddSingleton(new ClusterKeys(null, [Secret], parts.Time));
        services.AddSingleton<IRelay>(parts.Relay);
        services.AddSingleton(new ModelCatalog([new ModelDefinition("chaos", parts.Model)]));
        services.AddSingleton(CurrentTimeTool.Create(parts.Time));
        services.AddSingleton(parts.Tool);
        services.AddDurableChatCore(options);
        var replica = new InProcessReplica(services.BuildServiceProvider(), parts.Power);
        foreach (var hosted in replica._hosted)
        {
            await hosted.StartAsync(CancellationToken.None);
        }

        return replica;
    }

    /// <summary>
    /// Brings a request to it, which goes on there even if the caller has gone, as far as it does not look.
    /// </summary>
    /// <exception cref="IOException">It was killed meanwhile.</exception>
    public async Task<T> ServeAsync<T>(
        Func<ChatService, CancellationToken, Task<T>> serve,
        CancellationToken cancellationToken)
    {
        // Not disposed: a request may hold it after its caller has gone.
        var aborted = new CancellationTokenSource();
        using var telling = cancellationToken.Register(() => Power.Run(aborted.Cancel));
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(Power.Killed, cancellationToken);
        try
        {
            return await Task.Run(RunAsync, CancellationToken.None).WaitAsync(ended.Token);
        }
        catch (Exception exception) when (Power.Killed.IsCancellationRequested
            || (Leaving.IsCancellationRequested && exception is ObjectDisposedException))
        {
            throw new IOException("The replica is gone.", exception);
        }

        async Task<T> RunAsync()
        {
            await Power.WaitAsync();
            try
            {
                return await serve(_chats, aborted.Token);
            }
            finally
            {
                await Power.WaitAsync();
            }
        }
    }

    /// <summary>Asks it to stop: streams end, turns are handed over.</summary>
    public async Task StopAsync()
    {
        await _leaving.CancelAsync();
        foreach (var hosted in _hosted.Reverse())
        {
            await hosted.StopAsync(CancellationToken.None);
        }

        await _services.DisposeAsync();
        Power.Kill();
    }
}
