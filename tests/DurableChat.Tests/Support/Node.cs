using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using DurableChat.Chats;
using DurableChat.Commits;
using DurableChat.Diagnostics;
using DurableChat.Feeds;
using DurableChat.Models;
using DurableChat.Notifications;
using DurableChat.Watching;
using DurableChat.Workers;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Polly;

namespace DurableChat.Tests.Support;

/// <summary>
/// One replica, put together by hand over a store that other replicas may share. No heartbeats and no timers of its
/// own: the test acts for them.
/// </summary>
internal sealed class Node
{
    public Node(FakeStore store, IChatClient model, string replica = "a", FeedOptions? feeds = null, WorkerOptions? worker = null, IMeterFactory? meters = null, ToolOptions? toolOptions = null, params AIFunction[] functions)
        : this(store, new ChatClientModel(model), replica, feeds, worker, meters, toolOptions, null, null, functions)
    {
    }

    public Node(FakeStore store, IModelClient model, string replica = "a", FeedOptions? feeds = null, WorkerOptions? worker = null, IMeterFactory? meters = null, ToolOptions? toolOptions = null, Func<ModelDefinition, ModelDefinition>? define = null, IReadOnlyList<ModelDefinition>? others = null, params AIFunction[] functions)
    {
        (Store, Model) = (store, model);
        Options = (worker ?? new WorkerOptions()) with { Replica = replica };
        var feedOptions = feeds ?? new FeedOptions();
        var metrics = new FeedMetrics(meters, Time);
        var workerMetrics = new WorkerMetrics(meters);
        var definition = new ModelDefinition("demo", model, null);
        var models = new ModelCatalog([define?.Invoke(definition) ?? definition, .. others ?? []]);
        var tools = new ToolRegistry(functions, toolOptions ?? new ToolOptions(), Time, NullLogger<ToolRegistry>.Instance);
        Feeds = new FeedRegistry(feedOptions, metrics, Time) { Replica = replica };
        Reader = new CatchUpReader(store, feedOptions, Time);
        var commits = new CommitObservers();
        OwnerFeeds = new OwnerFeedRegistry(commits, TimeProvider.System);
        Committer = new ChatCommitter(store, Feeds, Reader, commits, new ChatLimits(), Time);
        var notes = new SettingNotes(Log);
        var generator = new Generator(models, tools, new HistoryReader(store, Options, feedOptions), Options, workerMetrics, Time, notes);
        var runs = new RunTable(Time);
        Checkpointer = new Checkpointer(Feeds, runs, Options, new CheckpointMetrics(meters), Time, NullLogger<Checkpointer>.Instance, store);
        var runner = new TurnRunner(Committer, Reader, generator, tools, Options, workerMetrics, new NoServices(), Time, NullLogger<TurnRunner>.Instance, new Keeper(Forgotten), Checkpointer);
        var places = new TurnPlaces(Options);
        Pulse = new WorkerPulse(Options, Time);
        Worker = new Worker(commits, Feeds, Reader, runner, runs, places, Options, workerMetrics, Time, NullLogger<Worker>.Instance);
        Takeover = new LeaseTakeover(store, Committer, Worker, Options, workerMetrics, Time, NullLogger<LeaseTakeover>.Instance);
        Reconciler = new Reconciler(store, Takeover, Worker, Pulse, Options, workerMetrics, Time, NullLogger<Reconciler>.Instance);
        Chats = new ChatService(store, store, Feeds, Reader, Committer, places, Pulse, OwnerFeeds, models, notes, Channel, metrics, ResiliencePipeline.Empty, Time);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public FakeStore Store { get; }

    public IModelClient Model { get; }

    /// <summary>What the log says of settings that are made to fit.</summary>
    public Lines Log { get; } = new();

    /// <summary>A replica that stands alone, unless a test says otherwise.</summary>
    public ChannelState Channel { get; } = new(hasChannel: false);

    public WorkerOptions Options { get; }

    public FeedRegistry Feeds { get; }

    public CatchUpReader Reader { get; }

    public OwnerFeedRegistry OwnerFeeds { get; }

    public Worker Worker { get; }

    public WorkerPulse Pulse { get; }

    public ChatCommitter Committer { get; }

    public LeaseTakeover Takeover { get; }

    public Reconciler Reconciler { get; }

    public Checkpointer Checkpointer { get; }

    public ChatService Chats { get; }

    /// <summary>Model calls of which it was said that they are over.</summary>
    public ConcurrentQueue<ModelCallId> Forgotten { get; } = [];

    public async Task<ChatId> CreateAsync(string content = "hello") =>
        ((CommandResult.Committed)await Chats.CreateAsync("owner", new NewChat(content), null, CancellationToken.None)).Transition.Next.Id;

    public Task<CommandResult> ExecuteAsync(ChatId id, ChatCommand command) => Chats.ExecuteAsync("owner", id, command, null, CancellationToken.None);

    /// <summary>Follows a chat until the screen is as wanted.</summary>
    public async Task<Screen> FollowAsync(ChatId id, Func<Screen, bool> until, Screen? screen = null)
    {
        screen ??= new Screen();
        using var subscription = await Chats.SubscribeAsync("owner", id, screen.Position, CancellationToken.None)
            ?? throw new InvalidOperationException("There is no such chat.");
        var events = new List<StreamEvent>();
        while (!until(screen) && await subscription.NextAsync(events, CancellationToken.None))
        {
            screen.Show(events);
        }

        return screen;
    }

    private sealed class Keeper(ConcurrentQueue<ModelCallId> forgotten) : IModelCallKeeper
    {
        public void Forget(ModelCallId call) => forgotten.Enqueue(call);
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
