using DurableChat.Diagnostics;
using DurableChat.Notifications;
using DurableChat.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DurableChat.Tests.Notifications;

/// <summary>How commits are told to other replicas.</summary>
public sealed class NotifierTests
{
    /// <summary>The last that a draining replica tells is of the chats that it hands over: others would else find them only by their slow poll.</summary>
    [Fact]
    public async Task What_is_being_sent_and_what_waits_behind_it_is_still_told_when_the_server_stops()
    {
        var (first, second) = (new Stage().Create(), new Stage().Create());
        var channel = new HeldChannel();
        using var notifier = new Notifier(channel, new NotificationOptions(), "a", new NotificationMetrics(null, () => true), NullLogger<Notifier>.Instance);
        await notifier.StartAsync(TestContext.Current.CancellationToken);
        notifier.OnCommitted(first);
        await channel.Entered.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        notifier.OnCommitted(second);
        var stopping = notifier.StopAsync(TestContext.Current.CancellationToken);
        channel.Go.SetResult();
        await stopping;
        Assert.Equal([first.Next.Id.Value, second.Next.Id.Value], channel.Sent.Select(payload => Notification.Read(payload)!.ChatId));
    }

    /// <summary>Commits keep their messages in memory for as long as they wait to be told.</summary>
    [Fact]
    public async Task While_the_channel_hangs_as_many_commits_wait_as_fit_into_32_MiB_and_the_newest_of_them()
    {
        const int Chats = 200;
        var stages = Enumerable.Range(0, Chats).Select(_ => new Stage().Create(new string('m', 128 * 1024))).ToArray();
        var channel = new HeldChannel();
        using var notifier = new Notifier(channel, new NotificationOptions(), "a", new NotificationMetrics(null, () => true), NullLogger<Notifier>.Instance);
        await notifier.StartAsync(TestContext.Current.CancellationToken);
        notifier.OnCommitted(stages[0]);
        await channel.Entered.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        foreach (var commit in stages[1..])
        {
            notifier.OnCommitted(commit);
        }

        var stopping = notifier.StopAsync(TestContext.Current.CancellationToken);
        channel.Go.SetResult();
        await stopping;
        Assert.Equal([stages[0].Next.Id.Value, .. stages[^128..].Select(commit => commit.Next.Id.Value)], channel.Sent.Select(payload => Notification.Read(payload)!.ChatId));
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
            Sent.AddRange(payloads);
        }

        public Task ListenAsync(INotificationListener listener, CancellationToken cancellationToken) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }
}
