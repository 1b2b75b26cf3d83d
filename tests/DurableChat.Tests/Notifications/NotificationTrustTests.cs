using DurableChat.Chats;
using DurableChat.Cluster;
using DurableChat.Commits;
using DurableChat.Diagnostics;
using DurableChat.Feeds;
using DurableChat.Notifications;
using DurableChat.Tests.Support;
using DurableChat.Watching;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DurableChat.Tests.Notifications;

/// <summary>What a notification may change, and what only the store may.</summary>
public sealed class NotificationTrustTests : IDisposable
{
    private readonly Stage _stage = new(replica: "b");
    private readonly OwnerFeedRegistry _lists = new(new CommitObservers(), TimeProvider.System);
    private readonly NotificationSeal _seal;
    private readonly NotificationReceiver _receiver;

    public NotificationTrustTests()
    {
        _seal = Seals.Of(_stage.Time);
        _receiver = new NotificationReceiver(
            _seal, _stage.Registry, [_lists], new ChannelState(hasChannel: true), new NotificationOptions(),
                new ReplicaName("b"), new NotificationMetrics(null, () => true), _stage.Time, NullLogger<NotificationReceiver>.Instance);
    }

    public void Dispose()
    {
        _receiver.Dispose();
        _seal.Dispose();
    }

    /// <summary>It made another owner read and write a chat.</summary>
    [Fact]
    public async Task The_owner_of_a_chat_is_what_the_store_says()
    {
        var created = _stage.Create();
        using var pin = _stage.Registry.Pin(_stage.Id);
        _receiver.OnReceived(Sealed(created with { Next = created.Next with { Owner = "mallory" } }));
        Assert.Null(pin.Feed.Owner);
        Assert.Equal("owner", (await LoadAsync(pin.Feed))!.Owner);
        var finished = _stage.Finish();
        _receiver.OnReceived(Sealed(finished with { Next = finished.Next with { Owner = "mallory" } }));
        Assert.True(pin.Feed.IsInDoubt);
        Assert.Equal(("owner", 2), await LoadAsync(pin.Feed) is { } chat ? (chat.Owner, chat.Version) : default);
    }

    [Fact]
    public async Task A_state_that_does_not_name_the_known_one_among_those_before_it_is_read()
    {
        _stage.Publish(_stage.Create());
        using var pin = _stage.Registry.Pin(_stage.Id);
        var finished = _stage.Finish();
        var lie = finished.Next with { Version = 700, Ancestors = [Guid.NewGuid()], Title = "made up" };
        _receiver.OnReceived(Sealed(finished with { Next = lie }));
        Assert.True(pin.Feed.IsInDoubt);
        Assert.Equal((2, "m1"), await LoadAsync(pin.Feed) is { } chat ? (chat.Version, chat.Title) : default);

        // Nor one that says nothing of what was before it.
        _stage.Send("again");
        lie = finished.Next with { Version = 3, Ancestors = [], Title = "made up" };
        _receiver.OnReceived(Sealed(finished with { Next = lie }));
        Assert.Equal((3, "m1"), await LoadAsync(pin.Feed) is { } now ? (now.Version, now.Title) : default);
    }

    [Fact]
    public void A_state_that_follows_by_its_links_is_taken_without_a_read_also_over_a_gap()
    {
        _stage.Publish(_stage.Create());
        using var pin = _stage.Registry.Pin(_stage.Id);
        _stage.Finish();
        _receiver.OnReceived(Sealed(_stage.Send("again")));
        Assert.Equal(3, pin.Feed.TryGetChat()?.Version);
        Assert.Equal(0, _stage.Store.Loads);
    }

    [Fact]
    public async Task What_is_not_sealed_shows_at_most_where_to_read()
    {
        _stage.Publish(_stage.Create());
        using var pin = _stage.Registry.Pin(_stage.Id);
        var finished = _stage.Finish();
        var forged = finished with { Next = finished.Next with { Title = "made up" } };
        _receiver.OnReceived(NotificationWriter.Write(forged, "a", 8_000));
        Assert.True(pin.Feed.IsInDoubt);
        Assert.Equal((2, "m1"), await LoadAsync(pin.Feed) is { } chat ? (chat.Version, chat.Title) : default);
        Assert.Equal(0, pin.Feed.Inspect(0).Window.Count - 1);
    }

    [Fact]
    public async Task A_deletion_that_is_not_sealed_ends_no_stream()
    {
        _stage.Publish(_stage.Create());
        using var pin = _stage.Registry.Pin(_stage.Id);
        var list = _lists.Pin("owner");
        _receiver.OnReceived(NotificationWriter.WriteDeletion(_stage.Id, "owner", "a"));
        Assert.False(pin.Feed.IsDeleted);
        Assert.NotNull(await LoadAsync(pin.Feed));
        var seen = 0L;
        var events = new List<StreamEvent>();
        list.TryLook(ref seen, events, out _);
        Assert.Empty(events);
        _receiver.OnReceived(SealedText(NotificationWriter.WriteDeletion(_stage.Id, "owner", "a")));
        Assert.True(pin.Feed.IsDeleted);
    }

    /// <summary>An old state of a deleted chat made it appear in its owner's list again.</summary>
    [Fact]
    public void What_was_heard_before_changes_nothing_when_it_is_sent_again()
    {
        var list = _lists.Pin("owner");
        string[] frames;
        using (var sender = Seals.Of(_stage.Time))
        {
            frames =
            [
                sender.Seal(NotificationWriter.Write(_stage.Create(), "a", 8_000), SealedKind.News),
                sender.Seal(NotificationWriter.WriteDeletion(_stage.Id, "owner", "a"), SealedKind.News),
            ];
        }

        Array.ForEach(frames, _receiver.OnReceived);
        var seen = 0L;
        var events = new List<StreamEvent>();
        Assert.True(list.TryLook(ref seen, events, out _));
        Assert.NotEmpty(events);
        events.Clear();

        // Enough others to make the list forget it.
        for (var other = 0; other < 1_100; other++)
        {
            _lists.OnNews(new Stage().Create().Next);
        }

        seen = long.MaxValue / 2;
        list.TryLook(ref seen, events, out _);
        events.Clear();
        _receiver.OnReceived(frames[0]);
        list.TryLook(ref seen, events, out _);
        Assert.Empty(events);
    }

    [Fact]
    public void A_flood_of_hints_of_unknown_senders_costs_a_bounded_number_of_reads()
    {
        var doubted = 0;
        for (var index = 0; index < 10 * HintBudget.Most; index++)
        {
            var stage = new Stage();
            var created = stage.Create();
            using var pin = _stage.Registry.Pin(stage.Id);
            pin.Feed.Publish(created);
            _receiver.OnReceived(NotificationWriter.WriteDeletion(stage.Id, "owner", "a"));
            doubted += pin.Feed.IsInDoubt ? 1 : 0;
        }

        Assert.Equal(HintBudget.Most, doubted);
        _stage.Time.Advance(TimeSpan.FromSeconds(1));
        _stage.Publish(_stage.Create());
        using var later = _stage.Registry.Pin(_stage.Id);
        _receiver.OnReceived(NotificationWriter.WriteDeletion(_stage.Id, "owner", "a"));
        Assert.True(later.Feed.IsInDoubt);
    }

    /// <summary>A feed that has been given a wrong owner or epoch, however, is found by comparing.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_comparison_finds_a_wrong_owner_and_a_wrong_epoch_at_the_right_version(bool isOwner)
    {
        var created = _stage.Create();
        var wrong = isOwner ? created.Next with { Owner = "mallory" } : created.Next with { Epoch = 9 };
        _stage.Publish(created with { Next = wrong });
        using var pin = _stage.Registry.Pin(_stage.Id);
        using var sync = new VersionSync(
            _stage.Store, _stage.Registry, _lists, [_lists], new ChannelState(hasChannel: true),
                new NotificationOptions(), new NotificationMetrics(null, () => true), _stage.Time,
                    NullLogger<VersionSync>.Instance);
        await sync.SyncAsync(CancellationToken.None);
        Assert.True(pin.Feed.IsInDoubt);
        Assert.Equal(("owner", 1), await LoadAsync(pin.Feed) is { } chat ? (chat.Owner, chat.Epoch) : default);
        Assert.Equal("owner", pin.Feed.Owner);
        await sync.SyncAsync(CancellationToken.None);
        Assert.False(pin.Feed.IsInDoubt);
    }

    private Task<Chat?> LoadAsync(Feed feed) => _stage.Reader.LoadPresentAsync(feed, CancellationToken.None);

    private string Sealed(Transition commit) =>
        SealedText(NotificationWriter.Write(commit, "a", 8_000));

    private string SealedText(string content) => Seals.Seal(content, _stage.Time);
}
