using DurableChat.Chats;
using DurableChat.Diagnostics;
using DurableChat.Sqlite;
using DurableChat.Storage;
using Xunit;

namespace DurableChat.Integration.Tests.Sqlite;

/// <summary>A damaged file is found at the start.</summary>
public sealed class SqliteCheckTests : IDisposable
{
    private const int PageBytes = 4096;

    private readonly TemporaryFolder _folder = new();

    private string Database => _folder.File("chat.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_damaged_file_is_refused_with_a_sentence_and_opened_if_nobody_is_to_look()
    {
        await WriteAsync();
        Damage();
        var refused = Assert.Throws<ChatStoreException>(() => Open(TimeSpan.FromMinutes(1)));
        Assert.Equal($"The database '{Database}' is damaged. Restore it from a backup.", refused.Message);
        await using var store = Open(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_file_that_takes_longer_than_there_is_time_for_is_opened()
    {
        await WriteAsync();
        await using (Open(TimeSpan.FromTicks(1)))
        {
        }

        await using var well = Open(TimeSpan.FromMinutes(1));
    }

    private SqliteChatStore Open(TimeSpan check) =>
        SqliteChatStore.Open(new SqliteStoreOptions(Database) { CheckTime = check }, new StoreMetrics(), TimeProvider.System);

    private async Task WriteAsync()
    {
        await using var store = Open(TimeSpan.Zero);
        var now = TimeProvider.System.GetUtcNow();
        var history = Enumerable.Range(0, 2_000).Select(_ => new HistoryEntry(MessageRole.User, [new TextPart(new string('x', 300))])).ToList();
        var create = new CreateChat(ChatId.Create(now), "owner", null, "demo") { History = history };
        var transition = Assert.IsType<Decision.Accepted>(ChatRules.Decide(create, new DecisionContext(now, new ChatLimits()))).Transition;
        Assert.IsType<CommitResult.Committed>(await store.CommitAsync(transition.WithCommitId(Guid.NewGuid()), null, default));
    }

    /// <summary>Overwrites pages in the middle of the messages.</summary>
    private void Damage()
    {
        using var file = new FileStream(Database, FileMode.Open);
        Assert.True(file.Length > 60 * PageBytes, $"{file.Length} bytes");
        file.Position = 40 * PageBytes;
        file.Write(Enumerable.Repeat((byte)0xA5, 8 * PageBytes).ToArray());
    }
}
