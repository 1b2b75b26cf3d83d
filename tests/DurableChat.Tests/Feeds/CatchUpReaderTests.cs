using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Storage;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Tests.Feeds;

/// <summary>Which reads are shared, and what they leave in the feed.</summary>
public sealed class CatchUpReaderTests
{
    private readonly Stage _stage = new(new FeedOptions { CatchUpMessages = 3 });

    [Theory]
    [InlineData(1, 5, true)]
    [InlineData(1, 6, true)]
    [InlineData(1, 7, true)]
    [InlineData(1, 8, false)]
    [InlineData(1, 4, false)]
    [InlineData(2, 5, false)]
    public async Task A_read_that_begins_a_little_before_is_waited_for(long epoch, long afterId, bool isShared)
    {
        Fill(4);
        using var pin = _stage.Registry.Pin(_stage.Id);
        var reading = new TaskCompletionSource();
        _stage.Store.Before = _ => reading.Task;
        var first = _stage.Reader.ReadAsync(pin.Feed, Miss(new CatchUpKey(1, 5)), CancellationToken.None);
        var second = _stage.Reader.ReadAsync(pin.Feed, Miss(new CatchUpKey(epoch, afterId)), CancellationToken.None);
        reading.SetResult();
        Assert.Equal(isShared, ReferenceEquals(await first, await second));
        Assert.Equal(isShared ? 1 : 2, _stage.Store.Reads.Count);
    }

    [Fact]
    public async Task Reads_of_two_chats_are_two()
    {
        Fill(1);
        var other = ChatId.Create(_stage.Time.GetUtcNow());
        using var pin = _stage.Registry.Pin(_stage.Id);
        using var pinOfOther = _stage.Registry.Pin(other);
        var reading = new TaskCompletionSource();
        _stage.Store.Before = _ => reading.Task;
        var page = _stage.Reader.ReadAsync(pin.Feed, Miss(new CatchUpKey(1, 0)), CancellationToken.None);
        var none = _stage.Reader.ReadAsync(pinOfOther.Feed, Miss(new CatchUpKey(1, 0)), CancellationToken.None);
        var chat = _stage.Reader.LoadAsync(pin.Feed, CancellationToken.None);
        var noChat = _stage.Reader.LoadAsync(pinOfOther.Feed, CancellationToken.None);
        reading.SetResult();
        Assert.NotNull(await page);
        Assert.Null(await none);
        Assert.NotNull(await chat);
        Assert.Null(await noChat);
    }

    [Fact]
    public async Task What_is_read_is_in_the_window_afterwards()
    {
        Fill(2);
        using var pin = _stage.Registry.Pin(_stage.Id);
        pin.Feed.TryEvict();
        var page = await _stage.Reader.ReadAsync(pin.Feed, Miss(new CatchUpKey(1, 2)), CancellationToken.None);
        Assert.Equal((1, 5, 2), (page!.Epoch, page.Version, page.AfterId));
        Assert.Equal([3, 4, 5], page.Events.Select(message => message.MessageId));
        Assert.Equal((2, 5, 3), (pin.Feed.Inspect(0).Window.Floor, pin.Feed.Inspect(0).Window.Tail, pin.Feed.Inspect(0).Window.Count));
        Assert.All(page.Events, message => Assert.Equal(0, message.PublishedAt));
    }

    [Fact]
    public async Task A_page_is_bounded_in_bytes()
    {
        var stage = new Stage(new FeedOptions { CatchUpBytes = 5 });
        stage.Publish(stage.Create(), stage.Finish());
        using var pin = stage.Registry.Pin(stage.Id);
        var page = await stage.Reader.ReadAsync(pin.Feed, Miss(new CatchUpKey(1, 0)), CancellationToken.None);
        Assert.Single(page!.Events);
    }

    [Fact]
    public async Task A_chat_that_a_read_does_not_find_is_gone()
    {
        using var pin = _stage.Registry.Pin(_stage.Id);
        Assert.Null(await _stage.Reader.ReadAsync(pin.Feed, Miss(new CatchUpKey(1, 0)), CancellationToken.None));
        Assert.True(pin.Feed.IsDeleted);
        Assert.Null(await _stage.Reader.LoadPresentAsync(pin.Feed, CancellationToken.None));
    }

    [Fact]
    public async Task A_doubt_that_comes_while_the_state_is_loaded_is_settled_by_another_load()
    {
        Fill(1);
        using var pin = _stage.Registry.Pin(_stage.Id);
        pin.Feed.MarkUnsynced();
        var loads = 0;
        _stage.Store.After = _ =>
        {
            if (++loads == 1)
            {
                pin.Feed.MarkUnsynced();
            }

            return Task.CompletedTask;
        };
        Assert.Equal(3, (await _stage.Reader.LoadPresentAsync(pin.Feed, CancellationToken.None))!.Version);
        Assert.Equal(2, loads);
    }

    /// <summary>
    /// A chat with so many turns: 1 question, 2 answer, 3 question, and so on; the last question is not answered.
    /// </summary>
    private void Fill(int turns)
    {
        _stage.Publish(_stage.Create());
        for (var turn = 0; turn < turns; turn++)
        {
            _stage.Publish(_stage.Finish(), _stage.Send("next"));
        }
    }

    private static FeedLook Miss(CatchUpKey missing) => new(FeedLookKind.Miss, CatchUp: missing, Reason: ReadReason.CatchUp);
}
