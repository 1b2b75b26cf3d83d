using CsCheck;
using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Storage;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Tests.Feeds;

/// <summary>
/// Subscribers of a feed, against the store's list of messages. Every screen checks G1 at each event.
/// </summary>
public sealed class SubscriptionTests
{
    private static readonly Gen<(int Kind, int Pick)[]> _happenings = Gen.Select(Gen.Int[0, 12], Gen.Int[0, 50]).Array[1, 60];

    [Theory]
    [InlineData(256, 1_000_000)]
    [InlineData(3, 1_000_000)]
    [InlineData(256, 2_000)]
    [InlineData(0, 0)]
    public void Screens_show_the_history_whatever_happens(int messages, int bytes) => _happenings.Sample(
        happenings => Play(happenings, new FeedOptions { WindowMessages = messages, WindowBytes = bytes, CatchUpMessages = 5 }),
        iter: 300);

    [Fact]
    public async Task The_first_events_are_status_messages_queue_and_parts()
    {
        var stage = new Stage();
        stage.Publish(stage.Create(), stage.Finish(), stage.Send("m3"), stage.Commit(_ => new SendMessage("queued")));
        Generate(stage, 2, "so ", "far");
        var screen = await CatchUpAsync(stage, new Screen());
        Assert.Equal(["status ", "message 1.1.0.0", "message 1.2.1.0", "message 1.3.0.0", "queue_update ", "message_part 1.3.2.1", "message_part 1.3.2.2"], screen.Log);
        Assert.Equal("so far", screen.Preview);
    }

    [Fact]
    public async Task Following_what_this_replica_writes_reads_nothing()
    {
        var stage = new Stage();
        stage.Publish(stage.Create());
        var screens = await FollowAllAsync(stage, 20, async follow =>
        {
            for (var turn = 0; turn < 300; turn++)
            {
                stage.Publish(stage.Finish());
                await follow();
                stage.Publish(stage.Send("next"));
                await follow();
            }
        });
        Assert.All(screens, screen => Assert.Equal(601, screen.Ids.Count));
        Assert.Empty(stage.Store.Reads);
        Assert.Equal(0, stage.Store.Loads);
    }

    [Fact]
    public void One_that_slept_through_more_than_any_buffer_holds_is_given_all_of_it()
    {
        var stage = new Stage();
        stage.Publish(stage.Create());
        using var subscription = stage.Subscribe();
        var screen = new Screen();
        Step(subscription, screen, steps: 10);
        for (var turn = 0; turn < 300; turn++)
        {
            stage.Publish(stage.Finish(), stage.Send("next"));
        }

        Generate(stage, 301, [.. Enumerable.Repeat("word ", 1_000)]);
        Step(subscription, screen, steps: 1_000);
        Assert.Equal(601, screen.Ids.Count);
        Assert.Equal(5_000, screen.Preview.Length);
    }

    [Fact]
    public async Task Without_a_window_every_message_is_read()
    {
        var stage = new Stage(new FeedOptions { WindowMessages = 0 });
        stage.Publish(stage.Create());
        await FollowAllAsync(stage, 1, async follow =>
        {
            for (var turn = 0; turn < 10; turn++)
            {
                stage.Publish(stage.Finish());
                await follow();
                stage.Publish(stage.Send("next"));
                await follow();
            }
        });
        Assert.Equal(20, stage.Store.CountReads(ReadReason.CatchUp));
    }

    [Fact]
    public async Task A_thousand_subscribers_that_miss_the_same_message_cause_one_read()
    {
        var stage = new Stage();
        stage.Publish(stage.Create());
        await FollowAllAsync(stage, 1_000, async follow =>
        {
            var reading = new TaskCompletionSource();
            stage.Store.Before = call => call == "read" ? reading.Task : Task.CompletedTask;

            // Written elsewhere: this replica only learns of the state.
            stage.Finish();
            using var pin = stage.Registry.Pin(stage.Id);
            pin.Feed.CompleteLoad(stage.Store.State(stage.Id), pin.Feed.BeginLoad());
            var following = follow();
            reading.SetResult();
            await following;
        });
        Assert.Equal([ReadReason.RemoteCatchUp], stage.Store.Reads);
    }

    [Fact]
    public async Task An_edit_where_the_window_has_the_whole_history_resets_everyone_without_a_read()
    {
        using var meters = new CountingMeters();
        var stage = new Stage(meters: meters);
        stage.Publish(stage.Create(), stage.Finish(), stage.Send("m3"), stage.Finish());
        var screens = await FollowAllAsync(stage, 50, follow =>
        {
            stage.Publish(stage.Edit("another m3", index: 1), stage.Finish("another answer"));
            return follow();
        });
        Assert.All(screens, screen => Assert.Equal((1, "m1, answer, another m3, another answer"), (screen.Resets, string.Join(", ", screen.Texts))));
        screens = await FollowAllAsync(stage, 50, follow =>
        {
            stage.Publish(stage.Edit("another m1"), stage.Finish("the last answer"));
            return follow();
        });
        Assert.All(screens, screen => Assert.Equal((1, "another m1, the last answer"), (screen.Resets, string.Join(", ", screen.Texts))));
        Assert.Empty(stage.Store.Reads);
        Assert.Equal(0, meters.Sum("durablechat.window.misses"));
    }

    [Fact]
    public async Task An_edit_where_the_window_lacks_the_beginning_resets_everyone_and_rereads_once_for_all()
    {
        var stage = new Stage();
        stage.Publish(stage.Create(), stage.Finish(), stage.Send("m3"), stage.Finish());
        var screens = await FollowAllAsync(stage, 50, async follow =>
        {
            var reading = new TaskCompletionSource();
            stage.Store.Before = call => call == "read" ? reading.Task : Task.CompletedTask;
            using (var pin = stage.Registry.Pin(stage.Id))
            {
                pin.Feed.TryEvict();
            }

            stage.Publish(stage.Edit("another m3", index: 1), stage.Finish("another answer"));
            var following = follow();
            reading.SetResult();
            await following;
        });
        Assert.All(screens, screen => Assert.Equal((1, "m1, answer, another m3, another answer"), (screen.Resets, string.Join(", ", screen.Texts))));
        Assert.Equal([ReadReason.FullRefresh], stage.Store.Reads);
    }

    [Theory]
    [InlineData("1.5.0.0")]
    [InlineData("1.99.0.0")]
    [InlineData("2.2.0.0")]
    [InlineData("0.5.0.0")]
    [InlineData("9.9.9.9")]
    public async Task A_position_that_the_history_never_had_gives_a_reset_and_everything(string position)
    {
        // After the edit the history is 1, 2, 11, 12: an old cursor of 5 stands at a message that is gone.
        var stage = new Stage();
        stage.Publish(stage.Create(), stage.Finish());
        for (var turn = 0; turn < 4; turn++)
        {
            stage.Publish(stage.Send("next"), stage.Finish());
        }

        stage.Publish(stage.Edit("again", index: 1), stage.Finish());
        Assert.True(Position.TryParse(position, out var parsed));
        if (parsed.Epoch == 2)
        {
            // This one is right, and resumes without a reset.
            Assert.Equal([11, 12], (await CatchUpAsync(stage, new Screen(2), parsed)).Ids);
            return;
        }

        var screen = await CatchUpAsync(stage, new Screen(), parsed);
        Assert.Equal([1, 2, 11, 12], screen.Ids);
        Assert.Equal(1, screen.Resets);
    }

    [Theory]
    [InlineData("1.2.1.0")]
    [InlineData("1.3.1.0")]
    [InlineData("0.3.0.0")]
    public async Task A_client_that_was_shown_more_by_another_replica_is_not_reset(string position)
    {
        var stage = new Stage();
        stage.Publish(stage.Create());
        stage.Finish();
        stage.Send("m3");
        Assert.True(Position.TryParse(position, out var parsed));
        var screen = await CatchUpAsync(stage, new Screen(parsed.MessageId), parsed);
        Assert.Equal(0, screen.Resets);
        Assert.Equal(parsed.MessageId == 2 ? [3] : [], screen.Ids);
        Assert.Equal(("running", 3), (screen.Status, screen.StatusVersion));
        Assert.Equal(1, stage.Store.Loads);
    }

    [Fact]
    public async Task A_chat_that_came_to_be_while_it_was_looked_for_is_not_gone()
    {
        var stage = new Stage();
        using var pin = stage.Registry.Pin(stage.Id);
        var load = pin.Feed.BeginLoad();
        stage.Publish(stage.Create());
        pin.Feed.CompleteLoad(null, load);
        Assert.False(pin.Feed.IsDeleted);
        Assert.Null(pin.Feed.TryGetChat());
        Assert.Equal([1], (await CatchUpAsync(stage, new Screen())).Ids);
    }

    [Fact]
    public void A_feed_follows_a_database_that_went_back_but_not_a_read_that_was_overtaken()
    {
        var stage = new Stage();
        stage.Publish(stage.Create());
        var first = stage.Store.State(stage.Id);
        using var pin = stage.Registry.Pin(stage.Id);
        var overtaken = pin.Feed.BeginLoad();
        stage.Publish(stage.Finish());
        pin.Feed.CompleteLoad(first, overtaken);
        Assert.Equal(2, pin.Feed.TryGetChat()!.Version);
        pin.Feed.CompleteLoad(first, pin.Feed.BeginLoad());
        Assert.Equal((1, 1), (pin.Feed.TryGetChat()!.Version, pin.Feed.TryGetChat()!.LastMessageId));
    }

    [Fact]
    public async Task A_client_that_was_shown_an_edit_by_another_replica_is_not_reset_again()
    {
        var stage = new Stage();
        stage.Publish(stage.Create(), stage.Finish());
        stage.Edit("again", index: 0);
        stage.Finish();
        Assert.True(Position.TryParse("2.3.0.0", out var position));
        var screen = await CatchUpAsync(stage, new Screen(3), position);
        Assert.Equal(0, screen.Resets);
        Assert.Equal([4], screen.Ids);
    }

    [Fact]
    public async Task A_client_that_comes_back_in_mid_answer_gets_the_rest_of_it()
    {
        var stage = new Stage();
        stage.Publish(stage.Create());
        Generate(stage, 1, "one ", "two ");
        var screen = await CatchUpAsync(stage, new Screen());
        Append(stage, 1, "three ", "four");
        screen = await CatchUpAsync(stage, screen);
        Assert.Equal("one two three four", screen.Preview);
        Assert.DoesNotContain(screen.Log, entry => entry.StartsWith("preview_reset", StringComparison.Ordinal));
        stage.Publish(stage.Finish("one two three four"));
        screen = await CatchUpAsync(stage, screen);
        Assert.Equal(["m1", "one two three four"], screen.Texts);
        Assert.Equal(string.Empty, screen.Preview);
    }

    [Fact]
    public async Task A_client_that_comes_back_after_the_answer_is_given_no_parts_of_it()
    {
        var stage = new Stage();
        stage.Publish(stage.Create());
        Generate(stage, 1, [.. Enumerable.Repeat("word ", 10_006)]);
        var screen = await CatchUpAsync(stage, new Screen());
        stage.Publish(stage.Finish(string.Concat(Enumerable.Repeat("word ", 10_006))));
        screen = await CatchUpAsync(stage, screen);
        screen.Log.Clear();
        Assert.DoesNotContain((await CatchUpAsync(stage, screen)).Log, entry => entry.StartsWith("message", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Parts_of_a_failed_attempt_leave_the_screen_when_the_next_begins()
    {
        var stage = new Stage();
        stage.Publish(stage.Create());
        Generate(stage, 1, "wrong ");
        var screen = await CatchUpAsync(stage, new Screen());
        stage.Publish(stage.Commit(chat => new RecordRetry(1, 1, new ChatError("c", "m", true), 5, TimeSpan.FromSeconds(1))));
        stage.Publish(stage.Commit(chat => new RecordAttempt(1, 1)));
        Generate(stage, 2, "right");
        screen = await CatchUpAsync(stage, screen);
        Assert.Equal("right", screen.Preview);
        Assert.Contains("preview_reset 1.1.2.0", screen.Log);
    }

    [Fact]
    public async Task A_deleted_chat_ends_its_streams()
    {
        var stage = new Stage();
        stage.Publish(stage.Create());
        using var subscription = stage.Subscribe();
        var events = new List<StreamEvent>();
        Step(subscription, new Screen(), steps: 10);
        var next = subscription.NextAsync(events, CancellationToken.None).AsTask();
        using (var pin = stage.Registry.Pin(stage.Id))
        {
            pin.Feed.MarkDeleted();
        }

        Assert.False(await next);
    }

    [Fact]
    public async Task A_read_that_fails_fails_those_who_wait_and_is_tried_anew_by_the_next()
    {
        var stage = new Stage(new FeedOptions { WindowMessages = 0 });
        stage.Publish(stage.Create());
        stage.Store.Before = call => call == "read" ? Task.FromException(new ChatStoreException("away")) : Task.CompletedTask;
        using var subscription = stage.Subscribe();
        var events = new List<StreamEvent>();
        Assert.True(await subscription.NextAsync(events, CancellationToken.None));
        await Assert.ThrowsAsync<ChatStoreException>(() => subscription.NextAsync(events, CancellationToken.None).AsTask());
        stage.Store.Before = _ => Task.CompletedTask;
        Assert.True(await subscription.NextAsync(events, CancellationToken.None));
        Assert.IsType<MessageEvent>(Assert.Single(events));
    }

    [Fact]
    public async Task One_that_waits_can_give_up_and_holds_nothing()
    {
        var stage = new Stage(new FeedOptions { IdleTime = TimeSpan.Zero });
        stage.Publish(stage.Create(), stage.Finish());
        using var impatience = new CancellationTokenSource();
        using (var subscription = stage.Subscribe())
        {
            var events = new List<StreamEvent>();
            Step(subscription, new Screen(), steps: 10);
            var waiting = subscription.NextAsync(events, impatience.Token).AsTask();
            await impatience.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }

        stage.Time.Advance(TimeSpan.FromSeconds(1));
        stage.Registry.RemoveIdle();
        Assert.Equal((0, 0L), (stage.Registry.Count, stage.Registry.Bytes));
    }

    /// <summary>
    /// Random commits, publications, evictions, subscribers that lag, leave and come back with their last position.
    /// </summary>
    private static void Play((int Kind, int Pick)[] happenings, FeedOptions options)
    {
        var stage = new Stage(options);
        stage.Publish(stage.Create());
        var unpublished = new List<Transition>();
        var screens = Enumerable.Range(0, 3).Select(_ => new Screen()).ToArray();
        var subscriptions = new Subscription?[screens.Length];
        foreach (var (kind, pick) in happenings)
        {
            var who = pick % screens.Length;
            switch (kind)
            {
                case <= 2:
                    unpublished.Add(stage.Store.State(stage.Id).Status == ChatStatus.Running ? stage.Finish($"{Preview(stage)}answer {pick}") : stage.Send($"question {pick}"));
                    break;
                case 3 or 4 when unpublished.Count > 0:
                    Publish(stage, unpublished, kind == 3 ? 0 : pick % unpublished.Count);
                    break;
                case 5:
                    var users = stage.Store.History(stage.Id).Count(message => message.Role == MessageRole.User);
                    unpublished.Add(stage.Edit($"edit {pick}", pick % users));
                    break;
                case 6:
                    using (var pin = stage.Registry.Pin(stage.Id))
                    {
                        pin.Feed.TryEvict();
                    }

                    break;
                case 7 when Preview(stage).Length == 0:
                    // The chat's feed goes, if nobody holds it: the next subscriber finds none.
                    stage.Time.Advance(TimeSpan.FromMinutes(2));
                    stage.Registry.RemoveIdle();
                    break;
                case 8:
                    subscriptions[who]?.Dispose();
                    subscriptions[who] = null;
                    break;
                case 9 when stage.Store.State(stage.Id).Status == ChatStatus.Running:
                    Generate(stage, stage.Store.State(stage.Id).Generation, "part ", $"{pick}");
                    break;
                default:
                    subscriptions[who] ??= Connect(stage, screens[who]);
                    Step(subscriptions[who]!, screens[who], steps: 1 + (pick % 3));
                    break;
            }
        }

        while (unpublished.Count > 0)
        {
            Publish(stage, unpublished, 0);
        }

        for (var who = 0; who < screens.Length; who++)
        {
            subscriptions[who] ??= Connect(stage, screens[who]);
            Step(subscriptions[who]!, screens[who], steps: 1_000);
            Assert.Equal(stage.Store.History(stage.Id).Select(message => message.Id), screens[who].Ids);
            Assert.Equal(stage.Store.State(stage.Id).Status.ToString(), screens[who].Status, ignoreCase: true);
            subscriptions[who]!.Dispose();
        }

        stage.Time.Advance(TimeSpan.FromMinutes(2));
        stage.Registry.RemoveIdle();
        Assert.Equal(stage.Registry.Count == 0 ? 0 : stage.Registry.Bytes, stage.Registry.Bytes);
    }

    /// <summary>
    /// Publishes one; a publication that comes late is one of a replica whose feed had lost it, so the feed is in doubt
    /// from then on.
    /// </summary>
    private static void Publish(Stage stage, List<Transition> unpublished, int index)
    {
        stage.Publish(unpublished[index]);
        unpublished.RemoveAt(index);
    }

    private static Subscription Connect(Stage stage, Screen screen)
    {
        screen.Reconnected();
        return stage.Subscribe(screen.Position);
    }

    private static void Step(Subscription subscription, Screen screen, int steps)
    {
        var events = new List<StreamEvent>();
        for (var i = 0; i < steps; i++)
        {
            using var noPatience = new CancellationTokenSource();
            var next = subscription.NextAsync(events, noPatience.Token).AsTask();
            if (!next.IsCompleted)
            {
                // A read of this store takes no time, but its result goes through the thread pool.
                next.Wait(TimeSpan.FromMilliseconds(2));
            }

            if (!next.IsCompleted)
            {
                noPatience.Cancel();
                next.ContinueWith(_ => { }, TaskScheduler.Default).Wait();
            }

            if (next.IsCanceled)
            {
                return;
            }

            Assert.True(next.GetAwaiter().GetResult());
            screen.Show(events);
        }
    }

    private static async Task<Screen> CatchUpAsync(Stage stage, Screen screen, Position? position = null)
    {
        using var subscription = position is null ? Connect(stage, screen) : stage.Subscribe(position.Value);
        await Task.Yield();
        Step(subscription, screen, steps: 1_000);
        return screen;
    }

    private static async Task<Screen[]> FollowAllAsync(Stage stage, int count, Func<Func<Task>, Task> write)
    {
        var subscriptions = Enumerable.Range(0, count).Select(_ => stage.Subscribe()).ToArray();
        var screens = subscriptions.Select(_ => new Screen()).ToArray();
        async Task FollowAsync()
        {
            var head = stage.Store.State(stage.Id).LastMessageId;
            await Task.WhenAll(subscriptions.Zip(screens).Select(async pair =>
            {
                var events = new List<StreamEvent>();
                while (pair.Second.Ids is not [.., var last] || last != head)
                {
                    await pair.First.NextAsync(events, CancellationToken.None);
                    pair.Second.Show(events);
                }
            }));
        }

        await SettleAsync(subscriptions, screens);
        await write(FollowAsync);
        foreach (var subscription in subscriptions)
        {
            subscription.Dispose();
        }

        return screens;
    }

    /// <summary>
    /// Gives each subscriber all there is. One short wait serves all of them, and a wait for each would add up.
    /// </summary>
    private static async Task SettleAsync(Subscription[] subscriptions, Screen[] screens)
    {
        for (var isBusy = true; isBusy;)
        {
            using var noPatience = new CancellationTokenSource();
            var events = subscriptions.Select(_ => new List<StreamEvent>()).ToArray();
            var nexts = subscriptions.Zip(events, (subscription, into) => subscription.NextAsync(into, noPatience.Token).AsTask()).ToArray();
            await Task.WhenAny(Task.WhenAll(nexts), Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System));
            await noPatience.CancelAsync();
            await Task.WhenAll(nexts).ContinueWith(_ => { }, TaskScheduler.Default);
            isBusy = false;
            for (var i = 0; i < nexts.Length; i++)
            {
                if (!nexts[i].IsCanceled)
                {
                    Assert.True(await nexts[i]);
                    screens[i].Show(events[i]);
                    isBusy = true;
                }
            }
        }
    }

    private static void Generate(Stage stage, long generation, params string[] texts)
    {
        using var pin = stage.Registry.Pin(stage.Id);
        if (pin.Feed.TryGetParts(generation) is not null || pin.Feed.BeginGeneration(generation))
        {
            Append(stage, generation, texts);
        }
    }

    private static string Preview(Stage stage)
    {
        using var pin = stage.Registry.Pin(stage.Id);
        return string.Concat(pin.Feed.TryGetParts(stage.Store.State(stage.Id).Generation)?.OfType<TextPart>().Select(part => part.Text) ?? []);
    }

    private static void Append(Stage stage, long generation, params string[] texts)
    {
        using var pin = stage.Registry.Pin(stage.Id);
        foreach (var text in texts)
        {
            pin.Feed.AppendPart(generation, new TextPart(text));
        }
    }
}
