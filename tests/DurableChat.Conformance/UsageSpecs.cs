using DurableChat.Chats;
using DurableChat.Storage;
using Xunit;

namespace DurableChat.Conformance;

/// <summary>What model calls have cost is added up in the commits that end them.</summary>
public abstract class UsageSpecs : StoreSpecs
{
    private static readonly TokenUsage _full = new(1_000, 200)
    {
        CacheReadTokens = 800,
        CacheWriteTokens = 50,
        ReasoningTokens = 150,
        Cost = 0.000000000001m,
    };

    [Fact]
    public async Task Calls_of_a_day_and_model_are_added_up()
    {
        await SpendAsync(new TokenUsage(1, 2));
        await SpendAsync(_full);
        await SpendAsync(_full with { CacheWriteTokens = null, Cost = 12.5m });
        await SpendAsync(new TokenUsage(3, 4), model: "another");
        var expected = new TokenUsage(2_001, 402)
        {
            CacheReadTokens = 1_600,
            CacheWriteTokens = 50,
            ReasoningTokens = 300,
            Cost = 12.500000000001m,
        };
        Assert.Equal(
            [new DailyUsage(Today, "another", 1, new TokenUsage(3, 4)), new DailyUsage(Today, "demo", 3, expected)],
            await ReadAsync());
    }

    [Fact]
    public async Task What_no_provider_said_stays_unknown()
    {
        await SpendAsync(new TokenUsage(1, 2));
        await SpendAsync(new TokenUsage(1, 2));
        Assert.Equal([new DailyUsage(Today, "demo", 2, new TokenUsage(2, 4))], await ReadAsync());
    }

    [Fact]
    public async Task Days_are_apart_and_the_first_and_last_that_are_asked_for_are_included()
    {
        for (var day = 0; day < 4; day++)
        {
            await SpendAsync(new TokenUsage(day, 0), daysAgo: day);
        }

        var (from, to) = (Today.AddDays(-2), Today.AddDays(-1));
        var days = await Harness.Usage.ReadUsageAsync("owner", from, to, CancellationToken.None);
        Assert.Equal([(from, 2L), (to, 1L)], days.Select(day => (day.Day, day.Usage.InputTokens)));
    }

    [Fact]
    public async Task An_owner_sees_its_own_usage_only()
    {
        await SpendAsync(new TokenUsage(1, 2));
        await SpendAsync(new TokenUsage(3, 4), owner: "other");
        Assert.Equal([new DailyUsage(Today, "demo", 1, new TokenUsage(1, 2))], await ReadAsync());
        Assert.Empty(await ReadAsync("nobody"));
        Assert.Empty(await ReadAsync("own%"));
    }

    [Fact]
    public async Task A_commit_that_is_refused_adds_nothing()
    {
        var chat = await CommitAsync(New());
        var finish = Decide(chat, Finish(chat));
        await CommitAsync(finish);
        Assert.IsType<CommitResult.Conflict>(await Store.CommitAsync(finish, null, CancellationToken.None));
        var fenced = finish with { FencingToken = 99 };
        Assert.IsType<CommitResult.Conflict>(await Store.CommitAsync(fenced, null, CancellationToken.None));
        Assert.Equal([new DailyUsage(Today, "demo", 1, new TokenUsage(3, 4))], await ReadAsync());
    }

    [Fact]
    public async Task A_request_that_is_repeated_with_its_key_adds_once()
    {
        var record = new IdempotencyRecord("key", "fingerprint", "outcome", Harness.Now);
        var first = New() with { Spent = new Spending("demo", new TokenUsage(1, 2)) };
        await CommitAsync(first, record);
        Assert.IsType<CommitResult.Repeated>(await Store.CommitAsync(first, record, CancellationToken.None));
        Assert.Equal([new DailyUsage(Today, "demo", 1, new TokenUsage(1, 2))], await ReadAsync());
    }

    [Fact]
    public async Task A_commit_that_writes_everything_adds_its_usage_too()
    {
        var chat = await CommitAsync(New());
        chat = await CommitAsync(Decide(chat, new SendMessage("next")));
        await CommitAsync(Decide(chat, Finish(chat)) with { RemovedFrom = 2 });
        Assert.Equal([new DailyUsage(Today, "demo", 1, new TokenUsage(3, 4))], await ReadAsync());
    }

    [Fact]
    public async Task Deleting_a_chat_leaves_its_usage()
    {
        var chat = await CommitTurnsAsync("hello");
        await Store.DeleteAsync(chat.Id, CancellationToken.None);
        while (await Harness.Retention.RemoveRemainsAsync(chat.Id, CancellationToken.None))
        {
        }

        Assert.Equal([new DailyUsage(Today, "demo", 1, new TokenUsage(3, 4))], await ReadAsync());
    }

    [Fact]
    public async Task Commits_at_the_same_time_lose_nothing()
    {
        var finishes = new List<Transition>();
        for (var i = 0; i < 40; i++)
        {
            var chat = await CommitAsync(New());
            finishes.Add(Decide(chat, Finish(chat)));
        }

        await Task.WhenAll(finishes.Select(finish => Task.Run(() => CommitAsync(finish))));
        Assert.Equal([new DailyUsage(Today, "demo", 40, new TokenUsage(120, 160))], await ReadAsync());
    }

    [Fact]
    public async Task Sums_reach_further_than_any_owner_spends()
    {
        var most = new TokenUsage(1_000_000_000_000, 1_000_000_000_000) { Cost = 10_000 };
        for (var i = 0; i < 3; i++)
        {
            await SpendAsync(most);
        }

        var sum = new TokenUsage(3_000_000_000_000, 3_000_000_000_000) { Cost = 30_000 };
        Assert.Equal(sum, Assert.Single(await ReadAsync()).Usage);
    }

    private DateOnly Today => DateOnly.FromDateTime(Harness.Now.UtcDateTime);

    private Task<IReadOnlyList<DailyUsage>> ReadAsync(string owner = "owner") =>
        Harness.Usage.ReadUsageAsync(owner, DateOnly.MinValue, DateOnly.MaxValue, CancellationToken.None);

    private async Task SpendAsync(TokenUsage usage, string owner = "owner", string model = "demo", int daysAgo = 0)
    {
        var created = New(owner: owner);
        await CommitAsync(created with
        {
            Next = created.Next with { UpdatedAt = created.Next.UpdatedAt.AddDays(-daysAgo) },
            Spent = new Spending(model, usage),
        });
    }
}
