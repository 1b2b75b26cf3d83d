using DurableChat.Chats;
using DurableChat.Commits;
using DurableChat.Retention;
using DurableChat.Storage;
using DurableChat.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DurableChat.Tests.Retention;

/// <summary>What deleted chats leave, and what expires, is removed in slices.</summary>
public sealed class RemainsTests
{
    private readonly FakeStore _store = new();

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);

    [Fact]
    public async Task Everything_goes_slice_by_slice_and_then_a_look_is_one_statement()
    {
        for (var i = 0; i < 250; i++)
        {
            _store.Remains[ChatId.Create(DateTimeOffset.UnixEpoch)] = 1 + (i % 2);
        }

        await RunAsync(sweeper => sweeper.RemoveRemainsAsync(_store, CancellationToken.None));
        Assert.Empty(_store.Remains);
        var calls = new List<string>();
        _store.Before = call =>
        {
            calls.Add(call);
            return Task.CompletedTask;
        };
        await RunAsync(sweeper => sweeper.RemoveRemainsAsync(_store, CancellationToken.None));
        Assert.Equal(["find_remains"], calls);
    }

    [Fact]
    public async Task A_chat_that_cannot_be_removed_keeps_none_of_the_others()
    {
        var ids = Enumerable.Range(0, 150).Select(_ => ChatId.Create(DateTimeOffset.UnixEpoch)).OrderBy(id => id.Value, StringComparer.Ordinal).ToArray();
        foreach (var id in ids)
        {
            _store.Remains[id] = 2;
        }

        var poison = ids.Take(120).ToHashSet();
        _store.Before = call => poison.Any(id => call == $"remove_remains {id}") ? throw new InvalidOperationException("It cannot be removed.") : Task.CompletedTask;
        await RunAsync(sweeper => sweeper.RemoveRemainsAsync(_store, CancellationToken.None));
        Assert.Equal(poison, _store.Remains.Keys.ToHashSet());
    }

    [Fact]
    public async Task What_has_expired_goes_slice_by_slice_and_one_kind_does_not_keep_the_other()
    {
        (_store.Expired[ExpiredKind.IdempotencyKeys], _store.Expired[ExpiredKind.Gravestones]) = (3, 4);
        _store.Before = call => call == $"remove_expired {ExpiredKind.IdempotencyKeys}" ? throw new ChatStoreException("It cannot be removed.") : Task.CompletedTask;
        await RunAsync(sweeper => sweeper.RemoveExpiredAsync(_store, CancellationToken.None));
        Assert.Equal((3, 0), (_store.Expired[ExpiredKind.IdempotencyKeys], _store.Expired[ExpiredKind.Gravestones]));
        _store.Before = _ => Task.CompletedTask;
        await RunAsync(sweeper => sweeper.RemoveExpiredAsync(_store, CancellationToken.None));
        Assert.Equal(0, _store.Expired[ExpiredKind.IdempotencyKeys]);
    }

    [Fact]
    public async Task A_server_looks_for_remains_by_itself_and_outlives_what_the_database_does()
    {
        var (time, failed, removed) = (new FakeTimeProvider(DateTimeOffset.UnixEpoch), new TaskCompletionSource(), new TaskCompletionSource());
        _store.Remains[ChatId.Create(DateTimeOffset.UnixEpoch)] = 1;
        _store.Before = call =>
        {
            if (call == "find_remains" && failed.TrySetResult())
            {
                throw new InvalidOperationException("The database is away.");
            }

            return Task.CompletedTask;
        };
        _store.After = call =>
        {
            if (call.StartsWith("remove_remains", StringComparison.Ordinal))
            {
                removed.TrySetResult();
            }

            return Task.CompletedTask;
        };
        using var sweeper = new RemainsSweeper(time, NullLogger<RemainsSweeper>.Instance, _store);
        await sweeper.StartAsync(CancellationToken.None);
        await Eventually.AdvanceUntilAsync(time, removed.Task, TimeSpan.FromSeconds(1));

        await sweeper.StopAsync(CancellationToken.None);
        Assert.Empty(_store.Remains);
    }

    [Fact]
    public async Task An_old_key_may_make_a_new_chat_of_the_same_id_and_no_position_in_the_old_one_fits_it()
    {
        var node = new Node(_store, ScriptedModel.Answering());
        var id = await CreateAsync();
        var old = await node.FollowAsync(id, screen => screen.Status == "waiting" && screen.Ids.Count == 2);
        Assert.True(await node.Chats.DeleteAsync("owner", id, CancellationToken.None));

        // The worker that answered may still hold the old chat's feed. It has let go of it long before a key expires.
        await Eventually.IsAsync(() => node.Feeds.Find(id) is null);

        // The store in memory keeps no gravestones, so this is as after their time.
        node.Time.Advance(Gravestones.Lifetime);
        Assert.Equal(id, await CreateAsync());
        old = await node.FollowAsync(id, screen => screen.Resets == 1 && screen.Ids.Count == 2, old);
        Assert.Equal(1, old.Resets);

        async Task<ChatId> CreateAsync() =>
            ((CommandResult.Committed)await node.Chats.CreateAsync("owner", new NewChat("hello") { Key = "key" }, null, CancellationToken.None)).Transition.Next.Id;
    }

    private async Task RunAsync(Func<RemainsSweeper, Task> round)
    {
        using var sweeper = new RemainsSweeper(_time, NullLogger<RemainsSweeper>.Instance, _store);
        var running = round(sweeper);
        await Eventually.AdvanceUntilAsync(_time, running, TimeSpan.FromSeconds(1));
    }
}
