using System.Diagnostics.Metrics;
using System.Globalization;
using DurableChat.Chats;
using DurableChat.Diagnostics;
using DurableChat.PostgreSql;
using DurableChat.Storage;
using Npgsql;
using Xunit;

namespace DurableChat.Cluster.Tests.Postgres;

/// <summary>What statements that share a round trip do to each other: nothing. The pool here has one connection for commits, so those that come while it is taken wait together.</summary>
public sealed class PostgresLanesTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const int Writers = 20;
    private string _database = "";
    private PostgresChatStore? _store;
    private Chat? _first;

    private PostgresChatStore Store => _store!;

    private Chat First => _first!;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        _store = Given.Store(_database, options => options with { MaxConnections = 3 });
        _first = await _store.CommitAsync(Given.New());
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }
    }

    [Fact]
    public async Task Commits_that_wait_together_are_each_done_once()
    {
        var chats = Enumerable.Range(0, Writers).Select(i => Given.New($"{i}")).ToArray();
        var results = await CommitTogetherAsync(chats);
        Assert.All(results, result => Assert.IsType<CommitResult.Committed>(result.Result));
        for (var i = 0; i < Writers; i++)
        {
            Assert.Equal([$"{i}"], await Store.ReadTextsAsync(chats[i].Next.Id));
        }
    }

    [Fact]
    public async Task One_of_two_that_expect_the_same_version_wins_in_the_same_batch()
    {
        var results = await CommitTogetherAsync([.. Enumerable.Range(0, Writers).Select(i => Given.Decide(First, new SendMessage($"{i}")))], holdsFirst: false);
        Assert.Single(results, result => result.Result is CommitResult.Committed);
        Assert.Equal(Writers - 1, results.Count(result => result.Result is CommitResult.Conflict));
        Assert.Equal(First.Version + 1, (await Store.LoadAsync(First.Id, CancellationToken.None))!.Version);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7, 8)]
    [InlineData(0, 5, Writers - 1)]
    public async Task A_commit_that_the_database_refuses_fails_alone(params int[] refused)
    {
        // A zero cannot be in a text of PostgreSQL.
        var chats = Enumerable.Range(0, Writers).Select(i => Given.New($"{i}")).Select((made, i) => refused.Contains(i) ? made with { Next = made.Next with { Model = "a\0b" } } : made).ToArray();
        var results = await CommitTogetherAsync(chats);
        for (var i = 0; i < Writers; i++)
        {
            if (refused.Contains(i))
            {
                Assert.Contains("refused a statement", Assert.IsType<ChatStoreException>(results[i].Failure).Message, StringComparison.Ordinal);
                Assert.Null(await Store.LoadAsync(chats[i].Next.Id, CancellationToken.None));
            }
            else
            {
                Assert.IsType<CommitResult.Committed>(results[i].Result);
                Assert.Equal([$"{i}"], await Store.ReadTextsAsync(chats[i].Next.Id));
            }
        }
    }

    [Fact]
    public async Task A_batch_whose_connection_breaks_in_the_middle_is_done_once_all_the_same()
    {
        var second = await Store.CommitAsync(Given.New());
        Transition[] transitions = [.. Enumerable.Range(0, Writers).Select(i => i == Writers / 2 ? Given.Decide(second, new UpdateChat(Title: "in the middle")) : Given.New($"{i}"))];
        Task<Outcome[]> commits;
        await using (var holder = await HoldAsync(second))
        {
            commits = CommitTogetherAsync(transitions);
            await holder.TerminateWaiterAsync();
        }

        Assert.All(await commits, outcome => Assert.IsType<CommitResult.Committed>(outcome.Result));
        foreach (var transition in transitions)
        {
            Assert.Equal(transition.Next.Version, (await Store.LoadAsync(transition.Next.Id, CancellationToken.None))!.Version);
            Assert.Single(await Store.ReadTextsAsync(transition.Next.Id));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(7, 12)]
    [InlineData(Writers - 1)]
    public async Task A_commit_that_fails_in_its_last_part_fails_alone_and_leaves_no_answer_behind(params int[] failing)
    {
        // The chat's row can be swapped, and then the message is there already.
        var chats = new List<Chat>();
        for (var i = 0; i < Writers; i++)
        {
            chats.Add(await Store.CommitAsync(Given.New($"{i}")));
        }

        foreach (var i in failing)
        {
            await ExecuteAsync($"INSERT INTO messages (chat_id, id, previous_id, role, created_at, body) VALUES ('{chats[i].Id.Value}', 2, 1, 'user', 0, '')");
        }

        var results = await CommitTogetherAsync([.. chats.Select(chat => Given.Answer(chat, "answer"))]);
        for (var i = 0; i < Writers; i++)
        {
            if (failing.Contains(i))
            {
                Assert.Contains("refused a statement", Assert.IsType<ChatStoreException>(results[i].Failure).Message, StringComparison.Ordinal);
                Assert.Equal(1, (await Store.LoadAsync(chats[i].Id, CancellationToken.None))!.Version);
                continue;
            }

            Assert.IsType<CommitResult.Committed>(results[i].Result);
            Assert.Equal([$"{i}", "answer"], await Store.ReadTextsAsync(chats[i].Id));
        }

        // The same connection goes on, for the same shape of commit and for others.
        Assert.All(
            await CommitTogetherAsync([.. Enumerable.Range(0, Writers).Select(i => Given.New($"{i}, later"))], holdsFirst: false),
            outcome => Assert.IsType<CommitResult.Committed>(outcome.Result));
    }

    [Fact]
    public async Task A_statement_that_fails_after_its_first_row_leaves_no_answer_to_the_next()
    {
        await using var source = NpgsqlDataSource.Create(PostgresConnections.Pooled(new PostgresStoreOptions(_database) { MaxConnections = 1 }));
        var lanes = Lanes(source);
        for (var round = 0; round < 3; round++)
        {
            var (failing, others) = await RunTogetherAsync(lanes, Number("SELECT (1 / (2 - n))::text FROM generate_series($1, 9) AS n", 0, rows: 9));
            await Assert.ThrowsAsync<PostgresException>(() => failing);
            Assert.All(others, other => Assert.True(other.Task.IsFaulted || other.Task.Result == other.Asked));

            // Whoever comes next, over the pool's one connection, is given their own.
            for (var i = 100; i < 110; i++)
            {
                Assert.Equal($"{i}", await lanes.RunAsync(Number("SELECT $1::text", i), writes: false, CancellationToken.None));
            }
        }
    }

    [Fact]
    public async Task An_answer_that_cannot_be_read_fails_alone()
    {
        await using var source = NpgsqlDataSource.Create(PostgresConnections.Pooled(new PostgresStoreOptions(_database) { MaxConnections = 1 }));
        var lanes = Lanes(source);
        var unreadable = new PostgresStatement<string>("test", () => new NpgsqlBatchCommand("SELECT 'no number' FROM generate_series(1, 9)"), async row =>
        {
            await row.ReadAsync();
            return int.Parse(row.GetString(0), CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);
        });
        var (failing, others) = await RunTogetherAsync(lanes, unreadable);
        await Assert.ThrowsAsync<FormatException>(() => failing);
        Assert.All(others, other => Assert.Equal(other.Asked, other.Task.Result));
    }

    [Fact]
    public async Task A_commit_that_cannot_be_written_down_leaves_the_connection_to_the_next()
    {
        for (var i = 0; i < 3; i++)
        {
            var made = Given.New();
            await Assert.ThrowsAnyAsync<Exception>(() => Store.CommitAsync(made with { Appended = null! }, null, CancellationToken.None));
        }

        await Store.CommitAsync(Given.New()).WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
    }

    [Fact]
    public async Task A_commit_can_be_given_up_while_it_waits_in_line()
    {
        using var givingUp = new CancellationTokenSource();
        var (given, kept) = (Given.New("given up"), Given.New("kept"));
        Task<CommitResult> givenUp, other;
        await using (var holder = await HoldAsync(First))
        {
            var blocked = BlockLaneAsync();
            await holder.WaitUntilWaitedForAsync(1);
            givenUp = Store.CommitAsync(given, null, givingUp.Token);
            other = Store.CommitAsync(kept, null, CancellationToken.None);
            await givingUp.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp);
            await holder.ReleaseWhenWaitedForAsync(1);
            await blocked;
        }

        Assert.IsType<CommitResult.Committed>(await other);
        Assert.Null(await Store.LoadAsync(given.Next.Id, CancellationToken.None));
    }

    [Fact]
    public async Task A_read_whose_caller_has_gone_does_not_keep_the_next_one_waiting()
    {
        using var gone = new CancellationTokenSource();
        await using var holder = await RowHolder.HoldAsync(_database, "LOCK TABLE chats IN ACCESS EXCLUSIVE MODE");
        var read = Store.LoadAsync(First.Id, gone.Token);
        await holder.WaitUntilWaitedForAsync(1);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        var next = Store.LoadAsync(First.Id, CancellationToken.None);
        await holder.ReleaseWhenWaitedForAsync(1);
        Assert.NotNull(await next);
    }

    private static PostgresLanes Lanes(NpgsqlDataSource source)
    {
        var metrics = new StoreMetrics();
        return new PostgresLanes(new PostgresSession(source, new SemaphoreSlim(1), new PoolMetrics(new Meter("test"), 1), metrics, TimeSpan.Zero, TimeProvider.System), metrics, 1);
    }

    /// <summary>A statement that answers with the number it is given, in its first row.</summary>
    private static PostgresStatement<string> Number(string sql, int number, int rows = 1) => new(
        "test",
        () => new NpgsqlBatchCommand(sql) { Parameters = { new NpgsqlParameter<int> { TypedValue = number } } },
        async row =>
        {
            var first = "";
            for (var i = 0; i < rows && await row.ReadAsync(); i++)
            {
                first = i == 0 ? row.GetString(0) : first;
            }

            return first;
        });

    /// <summary>Runs a statement in one batch with others before and behind it.</summary>
    private async Task<(Task<string> Wanted, (string Asked, Task<string> Task)[] Others)> RunTogetherAsync(PostgresLanes lanes, PostgresStatement<string> wanted)
    {
        Task<string> running;
        var others = new List<(string Asked, Task<string> Task)>();
        await using (var holder = await RowHolder.HoldAsync(_database, "SELECT pg_advisory_xact_lock(1)"))
        {
            var blocked = lanes.RunAsync(Number("SELECT pg_advisory_xact_lock($1)::text", 1), writes: false, CancellationToken.None);
            await holder.WaitUntilWaitedForAsync(1);
            others.AddRange(Enumerable.Range(0, 3).Select(i => ($"{i}", lanes.RunAsync(Number("SELECT $1::text", i), writes: false, CancellationToken.None))));
            running = lanes.RunAsync(wanted, writes: false, CancellationToken.None);
            others.AddRange(Enumerable.Range(3, 5).Select(i => ($"{i}", lanes.RunAsync(Number("SELECT $1::text", i), writes: false, CancellationToken.None))));
            await holder.ReleaseWhenWaitedForAsync(1);
            await blocked;
        }

        await Task.WhenAll([running, .. others.Select(other => other.Task)]).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return (running, [.. others]);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Gives commits to the store while its connection is taken, so that they go in one batch.</summary>
    private async Task<Outcome[]> CommitTogetherAsync(Transition[] transitions, bool holdsFirst = true)
    {
        Task<Outcome>[] commits;
        var blocker = holdsFirst ? First : await Store.CommitAsync(Given.New());
        await using (var holder = await HoldAsync(blocker))
        {
            var blocked = CommitAsync(Given.Decide(blocker, new UpdateChat(Title: "blocks")));
            await holder.WaitUntilWaitedForAsync(1);
            commits = [.. transitions.Select(CommitAsync)];
            await holder.ReleaseWhenWaitedForAsync(1);
            Assert.IsType<CommitResult.Committed>((await blocked).Result);
        }

        return await Task.WhenAll(commits);
    }

    private Task<RowHolder> HoldAsync(Chat chat) => RowHolder.HoldAsync(_database, $"SELECT FROM chats WHERE chat_id = '{chat.Id.Value}' FOR UPDATE");

    private Task<Outcome> BlockLaneAsync() => CommitAsync(Given.Decide(First, new UpdateChat(Title: "blocks")));

    private async Task<Outcome> CommitAsync(Transition transition)
    {
        try
        {
            return new Outcome(await Store.CommitAsync(transition, null, CancellationToken.None), null);
        }
        catch (ChatStoreException exception)
        {
            return new Outcome(null, exception);
        }
    }

    private sealed record Outcome(CommitResult? Result, Exception? Failure);
}
