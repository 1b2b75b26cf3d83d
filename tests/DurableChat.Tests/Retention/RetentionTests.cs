using DurableChat.Chats;
using DurableChat.Diagnostics;
using DurableChat.Retention;
using DurableChat.Storage;
using DurableChat.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DurableChat.Tests.Retention;

/// <summary>Archived chats are deleted when their time is over, and no others.</summary>
public sealed class RetentionTests
{
    private static readonly TimeSpan _after = TimeSpan.FromDays(30);
    private readonly FakeStore _store = new();
    private readonly Node _node;

    public RetentionTests() => _node = new Node(_store, ScriptedModel.Answering());

    [Fact]
    public async Task Chats_go_when_they_were_archived_long_ago_and_their_streams_end()
    {
        var (old, recent, kept) = (await CreateAsync(isArchived: true), await CreateAsync(isArchived: false), await CreateAsync(isArchived: false));
        var following = _node.FollowAsync(old, _ => false);
        _node.Time.Advance(_after - TimeSpan.FromHours(1));
        await _node.ExecuteAsync(recent, new UpdateChat(Archived: true));
        _node.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, await RunRoundAsync());
        await following;
        Assert.Null(await _node.Chats.GetAsync("owner", old, CancellationToken.None));
        Assert.NotNull(await _node.Chats.GetAsync("owner", recent, CancellationToken.None));
        Assert.NotNull(await _node.Chats.GetAsync("owner", kept, CancellationToken.None));
        Assert.Equal(0, await RunRoundAsync());
    }

    [Theory]
    [InlineData("load")]
    [InlineData("purge")]
    public async Task A_chat_that_its_owner_brings_back_in_that_moment_stays(string moment)
    {
        var id = await CreateAsync(isArchived: true);
        _node.Time.Advance(_after);

        // Through another replica, which this one has not heard of.
        var other = new Node(_store, ScriptedModel.Answering(), "other");
        _store.Before = async call =>
        {
            if (call == moment)
            {
                _store.Before = _ => Task.CompletedTask;
                await other.ExecuteAsync(id, new UpdateChat(Archived: false));
            }
        };
        Assert.Equal(0, await RunRoundAsync());
        Assert.False((await other.Chats.GetAsync("owner", id, CancellationToken.None))!.Archived);
    }

    [Fact]
    public async Task A_chat_that_cannot_be_deleted_keeps_none_of_those_behind_it()
    {
        var ids = new[] { await CreateAsync(isArchived: true), await CreateAsync(isArchived: true), await CreateAsync(isArchived: true) };
        _node.Time.Advance(_after);
        _store.Before = call =>
        {
            if (call != "purge")
            {
                return Task.CompletedTask;
            }

            _store.Before = _ => Task.CompletedTask;
            throw new ChatStoreException("It takes too long.");
        };
        Assert.Equal(ids.Length - 1, await RunRoundAsync());
        Assert.Equal(1, await RunRoundAsync());
    }

    [Fact]
    public async Task Many_chats_are_gone_through_in_pages()
    {
        var ids = new List<ChatId>();
        for (var i = 0; i < 7; i++)
        {
            ids.Add(await CreateAsync(isArchived: i % 2 == 0));
        }

        _node.Time.Advance(_after);
        Assert.Equal(4, await RunRoundAsync(pageSize: 2));
        foreach (var (id, i) in ids.Select((id, i) => (id, i)))
        {
            Assert.Equal(i % 2 == 0, await _node.Chats.GetAsync("owner", id, CancellationToken.None) is null);
        }
    }

    [Fact]
    public void A_chat_is_due_when_it_is_archived_at_rest_and_its_time_is_over()
    {
        var chat = ((Decision.Accepted)ChatRules.Decide(new CreateChat(ChatId.Create(_node.Time.GetUtcNow()), "owner", "hello", "demo"), new DecisionContext(_node.Time.GetUtcNow(), new ChatLimits()))).Transition.Next;
        var archived = chat with { Archived = true, Status = ChatStatus.Waiting };
        Assert.True(RetentionRules.IsDue(archived, archived.UpdatedAt + _after, _after));
        Assert.False(RetentionRules.IsDue(archived, archived.UpdatedAt + _after - TimeSpan.FromTicks(1), _after));
        Assert.False(RetentionRules.IsDue(archived with { Archived = false }, archived.UpdatedAt + _after, _after));
        Assert.False(RetentionRules.IsDue(archived with { Status = ChatStatus.Running }, archived.UpdatedAt + _after, _after));
    }

    private async Task<ChatId> CreateAsync(bool isArchived)
    {
        var id = await _node.CreateAsync();
        await _node.FollowAsync(id, screen => screen.Status == "waiting" && screen.Ids.Count == 2);
        if (isArchived)
        {
            await _node.ExecuteAsync(id, new UpdateChat(Archived: true));
        }

        return id;
    }

    private async Task<int> RunRoundAsync(int pageSize = 500)
    {
        var options = new RetentionOptions { ArchivedAfter = _after, PageSize = pageSize };
        using var sweeper = new RetentionSweeper(_node.Committer, options, new RetentionMetrics(null), _node.Time, NullLogger<RetentionSweeper>.Instance, _store);
        var round = sweeper.RunRoundAsync(_store, _after, CancellationToken.None);
        await Eventually.AdvanceUntilAsync(_node.Time, round, TimeSpan.FromMilliseconds(50));

        return await round;
    }
}
