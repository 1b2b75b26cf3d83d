using DurableChat.Chats;
using DurableChat.Diagnostics;
using DurableChat.Sqlite;
using DurableChat.Storage;
using Xunit;

namespace DurableChat.Integration.Tests.Sqlite;

/// <summary>
/// A chat that begins with a long history is written in steps, and is there as a whole or not at all.
/// </summary>
public sealed class SqliteImportTests : IAsyncLifetime
{
    private const int Messages = 2_500;

    private readonly TemporaryFolder _folder = new();
    private SqliteChatStore _store = null!;

    private string Database => _folder.File("chat.db");

    public ValueTask InitializeAsync()
    {
        _store = Open();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(Messages, 10, 5)]
    [InlineData(500, 10, 1)]
    [InlineData(100, 50_000, 50)]
    [InlineData(3, 200_000, 3)]
    public void No_step_has_more_than_so_many_messages_and_characters(int messages, int length, int steps)
    {
        var commit = new SqliteCommit(Import(messages, length), null);
        Assert.Equal(steps, commit.Slices.Count);
        Assert.Equal(messages, commit.Slices.Sum(slice => slice.GetOffsetAndLength(messages).Length));
        Assert.All(commit.Slices, slice => Assert.True(slice.GetOffsetAndLength(messages).Length <= 500));
        Assert.All(commit.Slices, slice => Assert.True(commit.SizeOf(slice) < 128 * 1024 || slice.GetOffsetAndLength(messages).Length == 1));
    }

    [Fact]
    public async Task An_import_is_there_as_a_whole_and_leaves_no_mark()
    {
        var import = Import(Messages, 10);
        Assert.IsType<CommitResult.Committed>(await _store.CommitAsync(import, Key(), default));
        Assert.Equal((Messages, 0L), (await ReadAsync(import), Count("deleted_chats")));
        Assert.IsType<CommitResult.Repeated>(await _store.CommitAsync(import, Key(), default));
        Assert.IsType<CommitResult.Conflict>(await _store.CommitAsync(import, null, default));
        Assert.Equal((long)Messages, Count("messages"));
    }

    [Fact]
    public async Task Nobody_sees_an_import_before_its_last_step_and_one_that_is_cut_off_is_gone_after_the_next_start()
    {
        var import = Import(Messages, 10);
        await BeginAsync(import);
        Assert.Null(await _store.LoadAsync(import.Next.Id, default));
        Assert.Null(await _store.ReadMessagesAsync(import.Next.Id, MessageQuery.After(0, 10, ReadReason.History), default));
        Assert.Empty(await _store.ListAsync("owner", new ChatListQuery(10), default));
        Assert.Equal(1_000L, Count("messages"));

        await _store.DisposeAsync();
        _store = Open();
        Assert.Equal((0L, 0L), (Count("messages"), Count("deleted_chats")));

        // It was never answered, so it is sent again.
        Assert.IsType<CommitResult.Committed>(await _store.CommitAsync(import, Key(), default));
        Assert.Equal(Messages, await ReadAsync(import));
    }

    [Fact]
    public async Task An_import_that_was_cut_off_is_begun_anew_within_the_same_process()
    {
        var import = Import(Messages, 10);
        await BeginAsync(import);
        Assert.IsType<CommitResult.Committed>(await _store.CommitAsync(import, null, default));
        Assert.Equal((Messages, 0L), (await ReadAsync(import), Count("deleted_chats")));
    }

    [Fact]
    public async Task An_import_that_is_refused_at_its_end_leaves_nothing()
    {
        await _store.CommitAsync(Import(1, 1), null, default);
        var import = Import(Messages, 10) with { MaxChatsOfOwner = 1 };
        Assert.IsType<CommitResult.TooManyChats>(await _store.CommitAsync(import, null, default));
        Assert.Equal((1L, 0L), (Count("messages"), Count("deleted_chats")));
    }

    [Fact]
    public async Task An_import_that_is_cancelled_in_the_middle_leaves_nothing()
    {
        var import = Import(Messages, 10);
        using var cancellation = new CancellationTokenSource();
        var commit = _store.CommitAsync(import, null, cancellation.Token);
        await cancellation.CancelAsync();
        try
        {
            // It may have been quicker: then all of it is there.
            await commit;
            Assert.Equal((Messages, 0L), (await ReadAsync(import), Count("deleted_chats")));
        }
        catch (OperationCanceledException)
        {
            Assert.Equal((0L, 0L), (Count("messages"), Count("deleted_chats")));
        }
    }

    [Fact]
    public async Task The_same_import_twice_at_once_is_done_once()
    {
        var (one, two) = (Import(Messages, 10), Import(Messages, 10));
        two = two with { Next = two.Next with { Id = one.Next.Id } };
        var results = await Task.WhenAll(_store.CommitAsync(one, Key(), default), _store.CommitAsync(two, Key(), default));
        Assert.Single(results.OfType<CommitResult.Committed>());
        Assert.Single(results.OfType<CommitResult.Repeated>());
        Assert.Equal((long)Messages, Count("messages"));
    }

    /// <summary>Writes the mark and two slices, as a process does that then ends.</summary>
    private static async Task WriteBeginningAsync(SqliteWriter writer, Transition import)
    {
        var imports = new SqliteImports(writer, TimeProvider.System);
        var commit = new SqliteCommit(import, null);
        Assert.True(await imports.BeginAsync(commit.Id, default));
        await imports.WriteAsync(commit, commit.Slices[0], default);
        await imports.WriteAsync(commit, commit.Slices[1], default);
    }

    private async Task BeginAsync(Transition import)
    {
        await using var writer = new SqliteWriter(new SqliteSession(SqliteConnections.OpenWriter(Database), new StoreMetrics()), Database);
        await WriteBeginningAsync(writer, import);
    }

    private SqliteChatStore Open() => SqliteChatStore.Open(new SqliteStoreOptions(Database), new StoreMetrics(), TimeProvider.System);

    private static IdempotencyRecord Key() => new("key", "fingerprint", "{}", TimeProvider.System.GetUtcNow());

    private static Transition Import(int messages, int length)
    {
        var now = TimeProvider.System.GetUtcNow();
        var history = Enumerable.Range(0, messages).Select(_ => new HistoryEntry(MessageRole.User, [new TextPart(new string('x', length))])).ToList();
        var create = new CreateChat(ChatId.Create(now), "owner", null, "demo") { History = history };
        return Assert.IsType<Decision.Accepted>(ChatRules.Decide(create, new DecisionContext(now, new ChatLimits()))).Transition.WithCommitId(Guid.NewGuid());
    }

    private async Task<int> ReadAsync(Transition import)
    {
        var (after, count) = (0L, 0);
        while (await _store.ReadMessagesAsync(import.Next.Id, MessageQuery.After(after, 500, ReadReason.History), default) is { Messages: [.., var last] page })
        {
            Assert.Equal(after, page[0].PreviousId);
            (after, count) = (last.Id, count + page.Count);
        }

        return count;
    }

    private long Count(string table)
    {
        using var connection = SqliteConnections.OpenReader(Database);
        return (long)SqliteConnections.Query(connection, $"SELECT count(*) FROM {table}")!;
    }
}
