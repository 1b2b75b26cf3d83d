using DurableChat.Chats;
using DurableChat.Commits;
using DurableChat.Storage;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Tests.Workers;

/// <summary>Parts of answers in flight that survive the replica that received them.</summary>
public sealed class CheckpointTests
{
    private static readonly Func<Screen, bool> _ended = screen => screen.Status is "waiting" or "error";

    [Fact]
    public async Task A_client_goes_on_after_its_last_part_when_another_replica_takes_over()
    {
        var store = new FakeStore();
        var dead = new PacedModel("one ", "two ", "three ", "four");
        var (node, id, screen) = await BeginAsync(store, dead, 2);
        await StoreAsync(node);
        var heir = new Node(store, new PacedModel("one two", " three", " four").LetAll(), "heir", define: model => model with { IsKept = true });
        await heir.Takeover.TakeOverAsync(CancellationToken.None);
        await heir.FollowAsync(id, _ended, Reconnected(screen));
        Assert.DoesNotContain(screen.Log, entry => entry.StartsWith("preview_reset", StringComparison.Ordinal));
        Assert.Equal(["hello", "one two three four"], screen.Texts);
        Assert.Equal(0, store.CheckpointRows);
        Assert.Equal((1, 2), (store.History(id)[1].Generation, store.State(id).LeaseToken));
    }

    [Fact]
    public async Task A_client_that_saw_later_parts_goes_back_to_the_checkpoint_once()
    {
        var store = new FakeStore();
        var (node, id, screen) = await BeginAsync(store, new PacedModel("one ", "two ", "three ", "four"), 2);
        await StoreAsync(node);
        ((PacedModel)node.Model).Let(1);
        await node.FollowAsync(id, shown => shown.Preview == "one two three ", Reconnected(screen));
        var silent = new PacedModel("one two ", "other");
        var heir = new Node(store, silent, "heir");
        await heir.Takeover.TakeOverAsync(CancellationToken.None);
        await heir.FollowAsync(id, shown => shown.Preview == "one two ", Reconnected(screen));
        Assert.Single(screen.Log, entry => entry.StartsWith("preview_reset", StringComparison.Ordinal));
        silent.LetAll();
        await heir.FollowAsync(id, _ended, Reconnected(screen));
        Assert.Equal(["hello", "one two other"], screen.Texts);
    }

    [Fact]
    public async Task A_page_that_is_loaded_after_the_death_shows_the_checkpoint_before_the_model_answers()
    {
        var store = new FakeStore();
        var (node, id, _) = await BeginAsync(store, new PacedModel("one ", "two ", "three"), 2);
        await StoreAsync(node);
        var heir = new Node(store, new PacedModel("none"), "heir");
        var loading = heir.FollowAsync(id, shown => shown.Preview == "one two ");
        await heir.Takeover.TakeOverAsync(CancellationToken.None);
        await loading;
    }

    [Fact]
    public async Task Another_answer_replaces_what_was_stored_where_it_differs()
    {
        var store = new FakeStore();
        var (node, id, screen) = await BeginAsync(store, new PacedModel("one ", "two ", "three"), 2);
        await StoreAsync(node);
        using var meters = new CountingMeters();
        var heir = new Node(store, new PacedModel("uno ", "dos").LetAll(), "heir", meters: meters);
        await heir.Takeover.TakeOverAsync(CancellationToken.None);
        await heir.FollowAsync(id, _ended, Reconnected(screen));
        Assert.Contains(screen.Log, entry => entry.StartsWith("preview_reset", StringComparison.Ordinal));
        Assert.Equal(["hello", "uno dos"], screen.Texts);

        // The whole prompt again, and the two tokens or so that had been shown.
        Assert.Equal((100, 2), (meters.Sum("durablechat.tokens.repaid", "input"), meters.Sum("durablechat.tokens.repaid", "output")));
        Assert.Equal(102, meters.Sum("durablechat.tokens.repaid", "takeover"));
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 102)]
    public async Task An_answer_that_was_kept_is_not_paid_for_again(bool isKept, long repaid)
    {
        var store = new FakeStore();
        var (node, id, _) = await BeginAsync(store, new PacedModel("one ", "two ", "three"), 2);
        await StoreAsync(node);
        using var meters = new CountingMeters();
        var heir = new Node(
            store, new PacedModel("one ", "two ", "three").LetAll(), "heir", meters: meters, define: model => model with { IsKept = isKept });
        await heir.Takeover.TakeOverAsync(CancellationToken.None);
        await heir.FollowAsync(id, _ended);
        Assert.Equal(repaid, meters.Sum("durablechat.tokens.repaid"));
    }

    [Fact]
    public async Task A_stop_after_the_death_keeps_what_was_on_screen()
    {
        var store = new FakeStore();
        var (node, id, screen) = await BeginAsync(store, new PacedModel("one ", "two ", "three"), 2);
        await StoreAsync(node);
        var heir = new Node(store, new PacedModel("none"), "heir");
        Assert.IsType<CommandResult.Committed>(await heir.ExecuteAsync(id, new Interrupt()));
        await heir.Takeover.TakeOverAsync(CancellationToken.None);
        await heir.FollowAsync(id, _ended, Reconnected(screen));
        Assert.Equal(["hello", "one two "], screen.Texts);
    }

    [Theory]
    [InlineData(false, "one two other")]
    [InlineData(true, "one two ")]
    public async Task A_client_that_saw_later_parts_and_comes_back_after_the_end_drops_them(bool isStopped, string expected)
    {
        var store = new FakeStore();
        var (node, id, screen) = await BeginAsync(store, new PacedModel("one ", "two ", "three ", "four"), 2);
        await StoreAsync(node);
        ((PacedModel)node.Model).Let(1);
        await node.FollowAsync(id, shown => shown.Preview == "one two three ", Reconnected(screen));
        var heir = new Node(store, isStopped ? new PacedModel("none") : new PacedModel("one two ", "other").LetAll(), "heir");
        if (isStopped)
        {
            Assert.IsType<CommandResult.Committed>(await heir.ExecuteAsync(id, new Interrupt()));
        }

        await heir.Takeover.TakeOverAsync(CancellationToken.None);
        await heir.FollowAsync(id, _ended);
        await heir.FollowAsync(id, _ended, Reconnected(screen));
        Assert.Equal(["hello", expected], screen.Texts);
    }

    [Fact]
    public async Task An_answer_that_ends_before_the_second_look_writes_nothing()
    {
        var store = new FakeStore();
        var (node, id, screen) = await BeginAsync(store, new PacedModel("one ", "two"), 1);
        await node.Checkpointer.WriteAsync(CancellationToken.None);
        ((PacedModel)node.Model).Let(2);
        await node.FollowAsync(id, _ended, Reconnected(screen));
        await node.Checkpointer.WriteAsync(CancellationToken.None);
        Assert.Empty(store.CheckpointWrites);
    }

    [Fact]
    public async Task One_statement_writes_all_answers_and_only_what_is_new()
    {
        var store = new FakeStore();
        var model = new PacedModel("one ", "two ", "three");
        var node = new Node(store, model, "a");
        for (var i = 0; i < 20; i++)
        {
            await node.CreateAsync();
        }

        await Eventually.IsAsync(() => model.Waits == 20);
        model.Let(20);
        await Eventually.IsAsync(() => model.Waits == 40);
        await StoreAsync(node);
        Assert.Equal([20], store.CheckpointWrites);
        await node.Checkpointer.WriteAsync(CancellationToken.None);
        Assert.Equal([20], store.CheckpointWrites);
        model.Let(1);
        await Eventually.IsAsync(() => model.Waits == 41);
        await node.Checkpointer.WriteAsync(CancellationToken.None);
        Assert.Equal([20, 1], store.CheckpointWrites);
        Assert.Equal(21, store.CheckpointRows);
    }

    [Fact]
    public async Task A_store_that_hangs_or_fails_delays_checkpoints_and_nothing_else()
    {
        var store = new FakeStore();
        var (node, id, screen) = await BeginAsync(store, new PacedModel("one ", "two ", "three ", "four"), 2);
        var hangs = new TaskCompletionSource();
        store.Before = call => call == "checkpoint" ? hangs.Task : Task.CompletedTask;
        await node.Checkpointer.WriteAsync(CancellationToken.None);
        var writing = node.Checkpointer.WriteAsync(CancellationToken.None);
        ((PacedModel)node.Model).Let(1);
        await node.FollowAsync(id, shown => shown.Preview == "one two three ", Reconnected(screen));
        Assert.False(writing.IsCompleted);
        hangs.SetException(new ChatStoreException("The database is away."));
        await Assert.ThrowsAsync<ChatStoreException>(() => writing);
        store.Before = _ => Task.CompletedTask;
        await node.Checkpointer.WriteAsync(CancellationToken.None);
        Assert.Contains("three", string.Concat(await store.ReadCheckpointAsync(id, 1, CancellationToken.None)), StringComparison.Ordinal);
        ((PacedModel)node.Model).Let(2);
        await node.FollowAsync(id, _ended, Reconnected(screen));
        Assert.Equal(0, store.CheckpointRows);
    }

    [Fact]
    public async Task A_write_that_ends_after_the_answer_leaves_nothing_that_the_next_commit_does_not_remove()
    {
        var store = new FakeStore();
        var (node, id, screen) = await BeginAsync(store, new PacedModel("one ", "two"), 1);
        var hangs = new TaskCompletionSource();
        store.Before = call => call == "checkpoint" ? hangs.Task : Task.CompletedTask;
        await node.Checkpointer.WriteAsync(CancellationToken.None);
        var writing = node.Checkpointer.WriteAsync(CancellationToken.None);
        ((PacedModel)node.Model).Let(2);
        await node.FollowAsync(id, _ended, Reconnected(screen));
        hangs.SetResult();
        await writing;
        Assert.Equal(0, store.CheckpointRows);
    }

    [Fact]
    public async Task Whatever_replica_dies_wherever_nothing_that_was_stored_leaves_a_screen_and_the_answer_is_whole()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            await DieAsync(new Random(seed), seed);
        }
    }

    private static async Task DieAsync(Random random, int seed)
    {
        var store = new FakeStore();
        var answer = string.Concat(Enumerable.Range(0, 40).Select(word => $"w{word}{(word % 7 == 0 ? "\ud83d\ude00" : "")} "));
        var screen = new Screen();
        var (id, stored, seen) = ((ChatId)default, 0, 0);
        for (var life = 0; life < 4; life++)
        {
            var pieces = Pieces(answer, random);
            var model = new PacedModel(pieces);
            var node = new Node(store, model, $"{life}");
            id = life == 0 ? await node.CreateAsync() : id;
            await node.Takeover.TakeOverAsync(CancellationToken.None);
            var isLast = life == 3;
            var said = isLast ? pieces.Length + 1 : random.Next(1, pieces.Length);
            model.Let(said);
            await Eventually.IsAsync(() => isLast || model.Waits == said + 1);
            var isStored = random.Next(3) > 0;
            if (!isLast && isStored)
            {
                await StoreAsync(node);
            }

            if (isLast || random.Next(3) > 0)
            {
                var shown = TextOf(node, id);
                await node.FollowAsync(id, now => Check(now, Math.Min(stored, seen), seed) && (isLast ? _ended(now) : now.Preview == shown), Reconnected(screen));
                seen = screen.Preview.Length;
            }

            stored = isStored ? TextOf(node, id).Length : stored;
        }

        Assert.True(screen.Texts[^1] == answer, $"Seed {seed}: {screen.Texts[^1]}");
        Assert.Equal(0, store.CheckpointRows);
    }

    private static string TextOf(Node node, ChatId id) =>
        string.Concat(node.Feeds.Find(id)?.TryGetParts(1)?.Select(MessagePart.TextOf) ?? []);

    /// <summary>What is stored does not leave the screen.</summary>
    private static bool Check(Screen screen, int stored, int seed)
    {
        Assert.True(screen.Texts.Count != 1 || screen.Preview.Length >= stored, $"Seed {seed}: {screen.Preview} of {stored}");
        return true;
    }

    private static MessagePart[] Pieces(string text, Random random)
    {
        var pieces = new List<MessagePart>();
        for (var at = 0; at < text.Length;)
        {
            var length = Math.Min(random.Next(1, 9), text.Length - at);
            pieces.Add(new TextPart(text.Substring(at, length)));
            at += length;
        }

        return [.. pieces];
    }

    private static async Task<(Node Node, ChatId Id, Screen Screen)> BeginAsync(FakeStore store, PacedModel model, int parts)
    {
        var node = new Node(store, model, "gone");
        var id = await node.CreateAsync();
        model.Let(parts);
        await Eventually.IsAsync(() => node.Feeds.Find(id)?.Checkpoints.LastPart(1)?.Seq == parts);
        return (node, id, await node.FollowAsync(id, shown => shown.Preview.Length > 0));
    }

    /// <summary>Two looks: the second writes.</summary>
    private static async Task StoreAsync(Node node)
    {
        await node.Checkpointer.WriteAsync(CancellationToken.None);
        await node.Checkpointer.WriteAsync(CancellationToken.None);
    }

    private static Screen Reconnected(Screen screen)
    {
        screen.Reconnected();
        return screen;
    }
}
