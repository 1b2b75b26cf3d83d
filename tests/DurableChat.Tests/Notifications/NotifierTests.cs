using DurableChat.Chats;
using DurableChat.Cluster;
using DurableChat.Commits;
using DurableChat.Diagnostics;
using DurableChat.Notifications;
using DurableChat.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DurableChat.Tests.Notifications;

/// <summary>How commits are told to other replicas.</summary>
public sealed class NotifierTests
{
    /// <summary>
    /// The last that a draining replica tells is of the chats that it hands over: others would else find them only by
    /// their slow poll.
    /// </summary>
    [Fact]
    public async Task What_is_being_sent_and_what_waits_behind_it_is_still_told_when_the_server_stops()
    {
        var (first, second) = (new Stage().Create(), new Stage().Create());
        var channel = new HeldChannel();
        using var notifier = new Notifier(new CommitObservers(), Seals.Of(TimeProvider.System), new ReplicaName("a"),
            new NotificationMetrics(null, () => true), NullLogger<Notifier>.Instance, channel);
        await notifier.StartAsync(TestContext.Current.CancellationToken);
        notifier.OnCommitted(first);
        await channel.Entered.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        notifier.OnCommitted(second);
        var stopping = notifier.StopAsync(TestContext.Current.CancellationToken);
        channel.Go.SetResult();
        await stopping;
        Assert.Equal([first.Next.Id.Value, second.Next.Id.Value], channel.Sent.Select(payload => Notification.Read(payload)!.ChatId));
    }

    /// <summary>What the channel cannot carry waits as what it will be sent as.</summary>
    [Fact]
    public async Task While_the_channel_hangs_commits_weigh_what_will_be_sent()
    {
        const int Chats = 1_000;
        var stages = Enumerable.Range(0, Chats).Select(_ => new Stage().Create(new string('m', 64 * 1024))).ToArray();
        var sent = await SendWhileItHangsAsync(stages);
        Assert.Equal(stages.Select(commit => commit.Next.Id.Value), sent.Select(news => news.ChatId));
        Assert.All(sent, news => Assert.True(news is { State: not null, Messages: null }));
    }

    /// <summary>They pushed 999 of 1,000 out.</summary>
    [Fact]
    public async Task Four_renames_of_a_chat_with_a_full_queue_push_nothing_out_and_are_told_once()
    {
        var full = new Stage();
        full.Create();
        for (var queued = 0; queued < 4; queued++)
        {
            full.Send(new string('q', 250_000));
        }

        var quiet = Enumerable.Range(0, 1_000).Select(_ => new Stage().Create()).ToArray();
        Transition[] renames = [.. Enumerable.Range(1, 4).Select(number => full.Commit(_ => new UpdateChat(Title: $"title {number}")))];
        var sent = await SendWhileItHangsAsync([.. quiet, .. renames]);
        Assert.Equal(1_001, sent.Count);
        Assert.Equal((renames[3].Next.Version, true), sent.Where(news => news.ChatId == full.Id.Value).Select(news => (news.Version, news.State is null)).Single());
    }

    [Fact]
    public async Task Commits_of_one_chat_that_wait_become_one_with_all_their_messages()
    {
        var stage = new Stage();
        var sent = await SendWhileItHangsAsync([new Stage().Create(), stage.Create(), stage.Finish("a1"), stage.Send("m3"), stage.Commit(_ => new UpdateChat(Title: "title")), stage.Finish("a2")]);
        Assert.Equal(2, sent.Count);
        Assert.Equal((5, "title", 1), (sent[1].Version, sent[1].State!.Title, sent[1].State!.Epoch));
        Assert.Equal([1, 2, 3, 4], sent[1].Messages!.Select(message => message.Id));

        // After a rewrite only what follows the cut counts.
        sent = await SendWhileItHangsAsync([new Stage().Create(), stage.Send("m5"), stage.Edit("another m3", index: 1), stage.Finish("a3")]);
        Assert.Equal((2, "6, 7"), (sent[1].State!.Epoch, string.Join(", ", sent[1].Messages!.Select(message => message.Id))));
        Assert.Equal(2, sent[1].Messages![0].PreviousId);
    }

    [Fact]
    public async Task A_deletion_is_the_last_word_on_a_chat()
    {
        var stage = new Stage();
        var created = stage.Create();
        var channel = new HeldChannel();
        using var notifier = new Notifier(new CommitObservers(), Seals.Of(TimeProvider.System), new ReplicaName("a"),
            new NotificationMetrics(null, () => true), NullLogger<Notifier>.Instance, channel);
        notifier.OnCommitted(created);
        notifier.OnDeleted(stage.Id, "owner");
        notifier.OnCommitted(stage.Finish());
        channel.Go.SetResult();
        await notifier.StartAsync(TestContext.Current.CancellationToken);
        await notifier.StopAsync(TestContext.Current.CancellationToken);
        Assert.True(Notification.Read(Assert.Single(channel.Sent))!.IsDeletion);
    }

    /// <summary>The first of the commits is being sent while the others come.</summary>
    private static async Task<List<Notification>> SendWhileItHangsAsync(IReadOnlyList<Transition> commits)
    {
        var channel = new HeldChannel();
        using var notifier = new Notifier(new CommitObservers(), Seals.Of(TimeProvider.System), new ReplicaName("a"),
            new NotificationMetrics(null, () => true), NullLogger<Notifier>.Instance, channel);
        await notifier.StartAsync(TestContext.Current.CancellationToken);
        notifier.OnCommitted(commits[0]);
        await channel.Entered.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        foreach (var commit in commits.Skip(1))
        {
            notifier.OnCommitted(commit);
        }

        var stopping = notifier.StopAsync(TestContext.Current.CancellationToken);
        channel.Go.SetResult();
        await stopping;
        return [.. channel.Sent.Select(payload => Notification.Read(payload)!)];
    }

    /// <summary>Sends nothing until it is let go.</summary>
    private sealed class HeldChannel : INotificationChannel
    {
        public int MaxPayloadBytes => 8_000;

        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<string> Sent { get; } = [];

        public async Task PublishAsync(IReadOnlyList<string> payloads, CancellationToken cancellationToken)
        {
            Entered.TrySetResult();
            await Go.Task.WaitAsync(cancellationToken);
            Sent.AddRange(payloads.Select(payload => Seals.Open(payload)!));
        }

        public Task ListenAsync(INotificationListener listener, CancellationToken cancellationToken) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }
}
