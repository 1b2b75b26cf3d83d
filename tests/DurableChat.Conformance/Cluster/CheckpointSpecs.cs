using DurableChat.Chats;
using DurableChat.Storage;
using Xunit;

namespace DurableChat.Conformance;

/// <summary>Parts of answers in flight: who may write them, and when they go.</summary>
public abstract class CheckpointSpecs : StoreSpecs
{
    [Fact]
    public async Task Rows_come_back_in_the_order_of_their_numbers_whatever_they_contain()
    {
        var chat = await CommitAsync(New());
        var long_ = (3L << 32) + 1;
        string[] bodies = ["{\"text\":\"é\ud83d\ude00\\u0000\"}\n{}", new string('x', 300_000), "last"];
        Assert.Equal(1, await WriteAsync(Row(chat, long_, bodies[2])));
        Assert.Equal(1, await WriteAsync(Row(chat, 10, bodies[1])));
        Assert.Equal(1, await WriteAsync(Row(chat, 2, bodies[0])));
        Assert.Equal(bodies, await ReadAsync(chat));
        Assert.Empty(await Harness.Checkpoints.ReadCheckpointAsync(chat.Id, chat.Generation + 1, CancellationToken.None));
    }

    [Fact]
    public async Task One_call_writes_for_many_chats_and_refuses_each_row_by_itself()
    {
        var (one, other) = (await CommitAsync(New()), await CommitAsync(New()));
        var done = await CommitTurnsAsync("done");
        var stale = Row(other, 1, "stale") with { Token = other.Lease!.Token + 1 };
        var missing = Row(one, 1, "missing") with { Chat = ChatId.Create(Harness.Now) };
        Assert.Equal(1, await WriteAsync(Row(one, 1, "a"), stale, missing, Row(one, 1, "done") with { Chat = done.Id }));
        Assert.Equal(["a"], await ReadAsync(one));
        Assert.Empty(await ReadAsync(other));
        Assert.Empty(await ReadAsync(done));
        Assert.Equal(2, await WriteAsync(Row(one, 2, "b"), Row(other, 1, "c")));
        Assert.Equal(["a", "b"], await ReadAsync(one));
        Assert.Equal(["c"], await ReadAsync(other));
    }

    [Fact]
    public async Task A_row_that_is_written_again_replaces_the_earlier_one()
    {
        var chat = await CommitAsync(New());
        await WriteAsync(Row(chat, 1, "half"));
        Assert.Equal(1, await WriteAsync(Row(chat, 1, "whole")));
        Assert.Equal(["whole"], await ReadAsync(chat));
    }

    [Fact]
    public async Task A_worker_that_lost_its_lease_adds_nothing_and_what_it_wrote_stays_for_its_successor()
    {
        var chat = await CommitAsync(New());
        await WriteAsync(Row(chat, 1, "before"));
        var taken = await CommitAsync(Decide(chat, new AcquireLease("other", HolderIsGone: true)));
        Assert.Equal(0, await WriteAsync(Row(chat, 2, "late")));
        Assert.Equal(1, await WriteAsync(Row(taken, 2, "heir")));
        Assert.Equal(["before", "heir"], await ReadAsync(taken));
    }

    [Fact]
    public async Task The_commit_that_ends_the_answer_removes_the_rows_of_the_chat_and_of_no_other()
    {
        var (chat, other) = (await CommitAsync(New()), await CommitAsync(New()));
        await WriteAsync(Row(chat, 1, "a"), Row(other, 1, "b"));
        await WriteAsync(Row(chat, 5, "c"));
        var queued = await CommitAsync(Decide(chat, new SendMessage("more")));
        Assert.Equal(["a", "c"], await ReadAsync(chat));
        await CommitAsync(Decide(queued, Finish(queued) with { HasCheckpoint = true }));
        Assert.Equal((0, 1), (await Harness.CountCheckpointsAsync(chat.Id), await Harness.CountCheckpointsAsync(other.Id)));
    }

    [Fact]
    public async Task A_commit_that_is_refused_removes_nothing()
    {
        var chat = await CommitAsync(New());
        await WriteAsync(Row(chat, 1, "a"));
        var late = Decide(chat, Finish(chat) with { HasCheckpoint = true });
        await CommitAsync(Decide(chat, new SendMessage("more")));
        Assert.IsType<CommitResult.Conflict>(await Store.CommitAsync(late, null, CancellationToken.None));
        Assert.Equal(["a"], await ReadAsync(chat));
    }

    [Fact]
    public async Task A_deleted_chat_leaves_no_rows_and_takes_none()
    {
        var chat = await CommitAsync(New());
        await WriteAsync(Row(chat, 1, "a"));
        Assert.True(await Store.DeleteAsync(chat.Id, CancellationToken.None));
        Assert.Equal(0, await WriteAsync(Row(chat, 2, "late")));
        Assert.Equal(0, await Harness.CountCheckpointsAsync(chat.Id));
    }

    [Fact]
    public async Task Rows_that_no_commit_has_removed_go_after_their_time()
    {
        var chat = await CommitAsync(New());
        await WriteAsync(Row(chat, 1, "old"));
        await Harness.AdvanceAsync(CheckpointRow.Lifetime - TimeSpan.FromHours(1));
        await WriteAsync(Row(chat, 2, "new"));
        Assert.False(await Harness.Retention.RemoveExpiredAsync(ExpiredKind.Checkpoints, CancellationToken.None));
        Assert.Equal(["old", "new"], await ReadAsync(chat));
        await Harness.AdvanceAsync(TimeSpan.FromHours(2));
        Assert.False(await Harness.Retention.RemoveExpiredAsync(ExpiredKind.Checkpoints, CancellationToken.None));
        Assert.Equal(["new"], await ReadAsync(chat));
    }

    [Fact]
    public async Task A_statement_may_be_as_large_as_the_writer_makes_it()
    {
        var chats = new List<Chat>();
        for (var i = 0; i < 9; i++)
        {
            chats.Add(await CommitAsync(New()));
        }

        Assert.Equal(9, await WriteAsync([.. chats.Select(chat => Row(chat, 1, new string('\u00e9', 256 * 1024)))]));
        Assert.All(await Task.WhenAll(chats.Select(ReadAsync)), bodies => Assert.Equal(256 * 1024, Assert.Single(bodies).Length));
    }

    private static CheckpointRow Row(Chat chat, long firstSeq, string body) =>
        new(chat.Id, chat.Lease?.Token ?? 1, chat.Generation, firstSeq, body);

    private Task<int> WriteAsync(params CheckpointRow[] rows) => Harness.Checkpoints.WriteCheckpointsAsync(rows, CancellationToken.None);

    private Task<IReadOnlyList<string>> ReadAsync(Chat chat) =>
        Harness.Checkpoints.ReadCheckpointAsync(chat.Id, chat.Generation, CancellationToken.None);
}
