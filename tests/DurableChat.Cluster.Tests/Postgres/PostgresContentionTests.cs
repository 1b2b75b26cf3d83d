using DurableChat.Chats;
using DurableChat.Storage;
using Xunit;

namespace DurableChat.Cluster.Tests.Postgres;

/// <summary>Commits that meet at one chat. Where the order matters, the test holds the chat's row and lets them go together.</summary>
public sealed class PostgresContentionTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Fifty_who_write_to_one_chat_from_two_replicas_lose_nothing()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var one = Given.Store(database);
        await using var two = Given.Store(database);
        var chat = await one.CommitAsync(Given.New());
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(async () =>
        {
            var store = i % 2 == 0 ? one : two;
            while (await store.CommitAsync(
                Given.Decide((await store.LoadAsync(chat.Id, CancellationToken.None))!, new SendMessage($"message {i}")), null, CancellationToken.None) is CommitResult.Conflict)
            {
            }
        })));
        var stored = (await one.LoadAsync(chat.Id, CancellationToken.None))!;
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"message {i}").Order(), stored.Queue.Select(queued => queued.Content).Order());
        Assert.Equal(chat.Version + 50, stored.Version);
    }

    [Fact]
    public async Task Of_two_requests_with_one_key_that_meet_in_the_database_the_second_is_told_it_repeats()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var store = Given.Store(database);
        var chat = await store.CommitAsync(Given.New());
        var record = new IdempotencyRecord("key", "fingerprint", "outcome", chat.CreatedAt);
        await using var holder = await RowHolder.HoldAsync(database, "SELECT FROM chats FOR UPDATE");
        var commits = Enumerable.Range(0, 2).Select(_ => store.CommitAsync(Given.Decide(chat, new SendMessage("once")), record, CancellationToken.None)).ToArray();
        await holder.ReleaseWhenWaitedForAsync(2);
        var results = await Task.WhenAll(commits);
        Assert.Single(results.OfType<CommitResult.Committed>());
        Assert.Single(results.OfType<CommitResult.Repeated>());
    }

    [Fact]
    public async Task A_commit_that_meets_the_deletion_of_its_chat_leaves_nothing_behind()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var store = Given.Store(database);
        var chat = await store.CommitAsync(Given.New());
        chat = await store.CommitAsync(Given.Decide(chat, new SendMessage("first in line")));
        chat = await store.CommitAsync(Given.Decide(chat, new SendMessage("second in line")));
        await using var holder = await RowHolder.HoldAsync(database, "SELECT FROM chats FOR UPDATE");
        var commit = store.CommitAsync(Given.Answer(chat, "answer"), new IdempotencyRecord("key", "fingerprint", "outcome", chat.CreatedAt), CancellationToken.None);
        await holder.WaitUntilWaitedForAsync(1);
        var deletion = store.DeleteAsync(chat.Id, CancellationToken.None);
        await holder.ReleaseWhenWaitedForAsync(2);
        await commit;
        Assert.True(await deletion);
        Assert.Null(await store.LoadAsync(chat.Id, CancellationToken.None));
        foreach (var table in (string[])["messages", "queued_messages", "idempotency_keys"])
        {
            Assert.Equal(0L, await PostgresFixture.ExecuteAsync(database, $"SELECT count(*) FROM {table}"));
        }

        Assert.Equal("0", await PostgresFixture.ExecuteAsync(database, "SELECT concat(version, owner, title, model, client_tools, state) FROM chats"));
    }

    [Fact]
    public async Task A_creation_that_meets_the_deletion_of_a_chat_of_that_id_is_a_conflict()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var store = Given.Store(database);
        var created = Given.New();
        await store.CommitAsync(created);
        await using var holder = await RowHolder.HoldAsync(database, "SELECT FROM chats FOR UPDATE");
        var deletion = store.DeleteAsync(created.Next.Id, CancellationToken.None);
        await holder.ReleaseWhenWaitedForAsync(1);
        Assert.True(await deletion);
        Assert.IsType<CommitResult.Conflict>(await store.CommitAsync(created, null, CancellationToken.None));
    }

    [Fact]
    public async Task Deletions_beside_creations_of_one_id_never_bring_the_chat_back()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var store = Given.Store(database);
        for (var i = 0; i < 100; i++)
        {
            var created = Given.New();
            await store.CommitAsync(created);
            var repeated = Enumerable.Range(0, 4).Select(_ => Task.Run(() => store.CommitAsync(created, null, CancellationToken.None))).ToArray();
            await store.DeleteAsync(created.Next.Id, CancellationToken.None);
            Assert.All(await Task.WhenAll(repeated), result => Assert.IsType<CommitResult.Conflict>(result));
            Assert.Null(await store.LoadAsync(created.Next.Id, CancellationToken.None));
        }
    }
}
