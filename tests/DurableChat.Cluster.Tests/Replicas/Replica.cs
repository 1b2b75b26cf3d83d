using DurableChat.Chats;
using DurableChat.Commits;
using DurableChat.Feeds;
using DurableChat.Models;
using DurableChat.Notifications;
using DurableChat.Storage;
using DurableChat.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace DurableChat.Cluster.Tests.Replicas;

/// <summary>
/// One replica as a host puts it together, over a store and a channel that others share. Its clock stands still unless
/// a test moves it.
/// </summary>
internal sealed class Replica : IAsyncDisposable
{
    private readonly IHost _host;

    private Replica(IHost host) => _host = host;

    public FakeTimeProvider Time => (FakeTimeProvider)Get<TimeProvider>();

    public ChatService Chats => Get<ChatService>();

    public FeedRegistry Feeds => Get<FeedRegistry>();

    public ChannelState Channel => Get<ChannelState>();

    /// <summary>Completes if one of its services ends the host.</summary>
    public Task Stopping
    {
        get
        {
            var stopping = new TaskCompletionSource();
            Get<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);
            return stopping.Task;
        }
    }

    public static async Task<Replica> StartAsync(string name, FakeStore store, INotificationChannel channel, IChatClient model, NotificationOptions? notifications = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<TimeProvider>(new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        builder.Services.AddSingleton<IChatStore>(store);
        builder.Services.AddSingleton<ILeaseStore>(store);
        builder.Services.AddSingleton(channel);
        builder.Services.AddSingleton<IClusterIdentity>(new Seals.Identity());
        builder.Services.AddSingleton(new ModelCatalog([new ModelDefinition("demo", model)]));
        builder.Services.AddDurableChatCore(new DurableChatOptions
        {
            Worker = { Replica = name, DrainTime = TimeSpan.Zero },

            // Tests let this clock run ahead of the threads that deliver.
            Notifications = notifications ?? new NotificationOptions { ProbePatience = TimeSpan.FromDays(1), ProbeInterval = TimeSpan.FromDays(1) },
        });
        var replica = new Replica(builder.Build());
        await replica._host.StartAsync();
        return replica;
    }

    /// <summary>Waits until the channel is up or down.</summary>
    public async Task WaitForChannelAsync(bool isUp)
    {
        for (var revision = Channel.Revision; Channel.IsUp != isUp; revision = Channel.Revision)
        {
            await Channel.WaitAsync(revision, CancellationToken.None);
        }
    }

    /// <summary>Waits until it is found out that the channel is connected and does not deliver.</summary>
    public async Task WaitForDeafnessAsync()
    {
        for (var revision = Channel.Revision; Channel.DeafAdvice is null; revision = Channel.Revision)
        {
            await Channel.WaitAsync(revision, CancellationToken.None);
        }
    }

    public async Task<ChatId> CreateAsync(string content = "hello") =>
        ((CommandResult.Committed)await Chats.CreateAsync("owner", new NewChat(content), null, CancellationToken.None)).Transition.Next.Id;

    public Task<CommandResult> ExecuteAsync(ChatId id, ChatCommand command) => Chats.ExecuteAsync("owner", id, command, null, CancellationToken.None);

    /// <summary>Compares versions once, however long its patience is.</summary>
    public Task SyncAsync() => PassTimeUntilAsync(_host.Services.GetServices<IHostedService>().OfType<VersionSync>().Single().SyncAsync(CancellationToken.None));

    /// <summary>Lets this replica's time pass until something has happened.</summary>
    public async Task PassTimeUntilAsync(Task happened)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        while (!happened.IsCompleted)
        {
            patience.Token.ThrowIfCancellationRequested();
            Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        await happened;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();
}
