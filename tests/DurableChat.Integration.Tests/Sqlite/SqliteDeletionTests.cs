using System.Text;
using DurableChat.Chats;
using DurableChat.Diagnostics;
using DurableChat.Sqlite;
using DurableChat.Storage;
using Xunit;

namespace DurableChat.Integration.Tests.Sqlite;

/// <summary>What a deletion leaves in the file, and what a restart makes of one that was interrupted.</summary>
public sealed class SqliteDeletionTests : IDisposable
{
    private static readonly DateTimeOffset _now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Deleted_text_is_not_in_the_file_any_more()
    {
        var secret = $"secret {Guid.NewGuid():N} ";
        var path = _folder.File("chat.db");
        await using (var store = Open(path))
        {
            var kept = await CommitAsync(store, messages: 20, "kept");
            var deleted = await CommitAsync(store, messages: 40, string.Concat(Enumerable.Repeat(secret, 300)));
            await store.DeleteAsync(deleted.Id, CancellationToken.None);
            Assert.NotNull(await store.LoadAsync(kept.Id, CancellationToken.None));
        }

        Assert.False(File.Exists($"{path}-wal"));
        Assert.Equal(-1, (await File.ReadAllBytesAsync(path)).AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)));
    }

    [Fact]
    public async Task A_deletion_that_was_interrupted_is_found_after_a_restart()
    {
        var path = _folder.File("chat.db");
        ChatId id;
        await using (var store = Open(path))
        {
            id = (await CommitAsync(store, messages: DeletionSlice.Rows + 2, "said")).Id;
            await store.DeleteAsync(id, CancellationToken.None);
        }

        await using var again = Open(path);
        Assert.Null(await again.LoadAsync(id, CancellationToken.None));
        Assert.Equal(id, Assert.Single(await again.FindRemainsAsync(default, 10, CancellationToken.None)));
        Assert.False(await again.RemoveRemainsAsync(id, CancellationToken.None));
        Assert.Empty(await again.FindRemainsAsync(default, 10, CancellationToken.None));
    }

    private static SqliteChatStore Open(string path) => SqliteChatStore.Open(new SqliteStoreOptions(path), new StoreMetrics(), TimeProvider.System);

    private static async Task<Chat> CommitAsync(SqliteChatStore store, int messages, string text)
    {
        var decision = ChatRules.Decide(
            new CreateChat(ChatId.Create(_now), "owner", null, "demo")
            {
                History = [.. Enumerable.Range(0, messages).Select(i => new HistoryEntry(i % 2 == 0 ? MessageRole.User : MessageRole.Assistant, [new TextPart(text)]))],
            },
            new DecisionContext(_now, new ChatLimits()));
        var transition = Assert.IsType<Decision.Accepted>(decision).Transition.WithCommitId(Guid.NewGuid());
        Assert.IsType<CommitResult.Committed>(await store.CommitAsync(transition, null, CancellationToken.None));
        return transition.Next;
    }
}
