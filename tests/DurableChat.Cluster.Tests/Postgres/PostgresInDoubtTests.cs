using DurableChat.Chats;
using DurableChat.PostgreSql;
using DurableChat.Storage;
using Npgsql;
using Xunit;

namespace DurableChat.Cluster.Tests.Postgres;

/// <summary>Connections that break in the middle of a commit: what the database did is found out, and done once.</summary>
public sealed class PostgresInDoubtTests(PostgresFixture postgres) : IAsyncLifetime
{
    private CuttingProxy? _proxy;
    private PostgresChatStore? _direct;
    private PostgresChatStore? _cut;

    private CuttingProxy Proxy => _proxy!;

    /// <summary>Another replica, whose connections hold.</summary>
    private PostgresChatStore Other => _direct!;

    private PostgresChatStore Store => _cut!;

    public async ValueTask InitializeAsync()
    {
        var database = await postgres.CreateDatabaseAsync();
        _direct = Given.Store(database);
        _proxy = new CuttingProxy(postgres.Server.Port);

        // One connection and no encryption: what passes next is the request that is meant.
        var through = new NpgsqlConnectionStringBuilder(database) { Port = _proxy.Port, SslMode = SslMode.Disable, KeepAlive = 0 };
        _cut = Given.Store(through.ConnectionString, options => options with { MaxConnections = 1, FailoverTime = TimeSpan.FromSeconds(5) });
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await Proxy.DisposeAsync();
        await Other.DisposeAsync();
    }

    [Fact]
    public async Task An_append_whose_answer_was_lost_counts_as_committed_and_is_stored_once()
    {
        var chat = await Store.CommitAsync(Given.New("question"));
        Proxy.LoseAnswer();
        chat = await Store.CommitAsync(Given.Answer(chat, "answer"));
        Assert.Equal(chat.Version, (await Other.LoadAsync(chat.Id, CancellationToken.None))!.Version);
        Assert.Equal(["question", "answer"], await Other.ReadTextsAsync(chat.Id));
    }

    [Fact]
    public async Task A_creation_whose_answer_was_lost_counts_as_committed()
    {
        await WarmAsync();
        Proxy.LoseAnswer();
        var chat = await Store.CommitAsync(Given.New("question"));
        Assert.Equal(["question"], await Other.ReadTextsAsync(chat.Id));
    }

    [Fact]
    public async Task A_commit_with_a_key_whose_answer_was_lost_is_no_repetition()
    {
        var chat = await Store.CommitAsync(Given.New());
        Proxy.LoseAnswer();
        var record = new IdempotencyRecord("key", "fingerprint", "outcome", chat.CreatedAt);
        Assert.IsType<CommitResult.Committed>(await Store.CommitAsync(Given.Decide(chat, new SendMessage("once")), record, CancellationToken.None));
        Assert.Single((await Other.LoadAsync(chat.Id, CancellationToken.None))!.Queue);
    }

    [Fact]
    public async Task A_commit_whose_request_was_lost_is_done()
    {
        var chat = await Store.CommitAsync(Given.New("question"));
        Proxy.LoseRequest();
        await Store.CommitAsync(Given.Answer(chat, "answer"));
        Assert.Equal(["question", "answer"], await Other.ReadTextsAsync(chat.Id));
    }

    [Fact]
    public async Task A_request_that_arrives_after_its_repetition_does_nothing()
    {
        var chat = await Store.CommitAsync(Given.New("question"));
        var release = new TaskCompletionSource();
        var carriedOut = Proxy.DelayRequest(release.Task);
        chat = await Store.CommitAsync(Given.Answer(chat, "answer"));
        release.SetResult();
        await carriedOut.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
        Assert.Equal(chat.Version, (await Other.LoadAsync(chat.Id, CancellationToken.None))!.Version);
        Assert.Equal(["question", "answer"], await Other.ReadTextsAsync(chat.Id));
    }

    [Fact]
    public async Task A_creation_that_took_the_last_place_counts_as_committed_though_its_answer_was_lost()
    {
        await WarmAsync();
        Proxy.LoseAnswer();
        await Store.CommitAsync(Given.New() with { MaxChatsOfOwner = 1 });
    }

    [Fact]
    public async Task A_creation_is_not_refused_for_want_of_room_and_done_later_all_the_same()
    {
        var first = await Other.CommitAsync(Given.New());
        var creation = Given.New() with { MaxChatsOfOwner = 1 };
        await WarmAsync();
        var release = new TaskCompletionSource();
        var carriedOut = Proxy.DelayRequest(release.Task);
        var result = await Store.CommitAsync(creation, null, CancellationToken.None);
        await Other.DeleteAsync(first.Id, CancellationToken.None);
        release.SetResult();
        await carriedOut.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
        Assert.Equal(result is CommitResult.Committed, await Other.LoadAsync(creation.Next.Id, CancellationToken.None) is not null);
    }

    [Fact]
    public async Task A_commit_that_lost_against_another_is_a_conflict_though_its_answer_was_lost()
    {
        var chat = await Store.CommitAsync(Given.New());
        await Other.CommitAsync(Given.Decide(chat, new UpdateChat(Title: "other")));
        Proxy.LoseAnswer();
        Assert.IsType<CommitResult.Conflict>(await Store.CommitAsync(Given.Decide(chat, new SendMessage("late")), null, CancellationToken.None));
    }

    [Fact]
    public async Task Another_commit_at_the_same_version_is_not_taken_for_ones_own()
    {
        var chat = await Store.CommitAsync(Given.New());
        Proxy.LoseRequest(meanwhile: () => Other.CommitAsync(Given.Decide(chat, new UpdateChat(Title: "theirs"))));
        Assert.IsType<CommitResult.Conflict>(await Store.CommitAsync(Given.Decide(chat, new UpdateChat(Title: "ours")), null, CancellationToken.None));
        Assert.Equal("theirs", (await Other.LoadAsync(chat.Id, CancellationToken.None))!.Title);
    }

    [Fact]
    public async Task A_commit_upon_which_others_have_built_before_it_was_settled_stays_in_doubt()
    {
        var chat = await Store.CommitAsync(Given.New());
        var ours = Given.Decide(chat, new SendMessage("ours"));
        Proxy.LoseAnswer(meanwhile: () => Other.CommitAsync(Given.Decide(ours.Next, new UpdateChat(Title: "theirs"))));
        await Assert.ThrowsAsync<ChatStoreException>(() => Store.CommitAsync(ours, null, CancellationToken.None));
        Assert.Single((await Other.LoadAsync(chat.Id, CancellationToken.None))!.Queue);
    }

    [Fact]
    public async Task A_read_whose_connection_broke_is_done_again()
    {
        var chat = await Store.CommitAsync(Given.New("question"));
        Proxy.LoseAnswer();
        Assert.Equal(["question"], await Store.ReadTextsAsync(chat.Id));
        Proxy.LoseRequest();
        Assert.NotNull(await Store.LoadAsync(chat.Id, CancellationToken.None));
    }

    [Fact]
    public async Task A_deletion_whose_answer_was_lost_counts_as_done()
    {
        var chat = await Store.CommitAsync(Given.New());
        Proxy.LoseAnswer();
        Assert.True(await Store.DeleteAsync(chat.Id, CancellationToken.None));
        Assert.Null(await Other.LoadAsync(chat.Id, CancellationToken.None));
    }

    /// <summary>A connection that is still to be made would be cut instead of the request.</summary>
    private Task WarmAsync() => Store.LoadAsync(default, CancellationToken.None);
}
