using DurableChat.Chats;
using DurableChat.Storage;
using Xunit;

namespace DurableChat.Conformance;

/// <summary>How many chats an owner may have.</summary>
public abstract class ChatCountSpecs : StoreSpecs
{
    private const int Most = 3;

    [Fact]
    public async Task An_owner_has_room_for_so_many_chats_and_others_have_their_own()
    {
        for (var i = 0; i < Most; i++)
        {
            await CommitAsync(Limited());
        }

        var refused = Limited();
        Assert.IsType<CommitResult.TooManyChats>(await Store.CommitAsync(refused, null, CancellationToken.None));
        Assert.Null(await Store.LoadAsync(refused.Next.Id, CancellationToken.None));
        Assert.Null(await Store.ReadMessagesAsync(refused.Next.Id, MessageQuery.After(0, 5, ReadReason.History), CancellationToken.None));
        await CommitAsync(Limited(owner: "other"));
        await CommitAsync(New());
    }

    [Fact]
    public async Task Archived_chats_count_and_deleted_ones_make_room()
    {
        var chats = new List<Chat>();
        for (var i = 0; i < Most; i++)
        {
            chats.Add(await CommitAsync(Limited()));
        }

        await CommitAsync(Decide(chats[0], new UpdateChat(Archived: true)));
        Assert.IsType<CommitResult.TooManyChats>(await Store.CommitAsync(Limited(), null, CancellationToken.None));
        await Store.DeleteAsync(chats[1].Id, CancellationToken.None);
        await CommitAsync(Limited());
        Assert.IsType<CommitResult.TooManyChats>(await Store.CommitAsync(Limited(), null, CancellationToken.None));
    }

    [Fact]
    public async Task A_creation_without_room_can_be_repeated_once_there_is_some()
    {
        var chats = new List<Chat>();
        for (var i = 0; i < Most; i++)
        {
            chats.Add(await CommitAsync(Limited()));
        }

        var (refused, record) = (Limited(), new IdempotencyRecord("key", "f", "o", Harness.Now));
        Assert.IsType<CommitResult.TooManyChats>(await Store.CommitAsync(refused, record, CancellationToken.None));
        Assert.Null(await Store.FindIdempotencyRecordAsync(refused.Next.Id, "key", CancellationToken.None));
        await Store.DeleteAsync(chats[0].Id, CancellationToken.None);
        await CommitAsync(refused, record);

        // Full once more; what was done is told all the same.
        Assert.IsType<CommitResult.Repeated>(await Store.CommitAsync(refused, record, CancellationToken.None));
        Assert.IsType<CommitResult.Conflict>(await Store.CommitAsync(refused, null, CancellationToken.None));
        Assert.IsType<CommitResult.Conflict>(await Store.CommitAsync(Limited(id: chats[0].Id), null, CancellationToken.None));
    }

    [Fact]
    public async Task Creations_at_once_go_beyond_the_limit_by_their_number_at_most()
    {
        await CommitAsync(Limited());
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => Store.CommitAsync(Limited(), null, CancellationToken.None))));
        Assert.InRange(results.Count(result => result is CommitResult.Committed), Most - 1, 20);
        Assert.All(results.Where(result => result is not CommitResult.Committed), result => Assert.IsType<CommitResult.TooManyChats>(result));
        Assert.IsType<CommitResult.TooManyChats>(await Store.CommitAsync(Limited(), null, CancellationToken.None));
    }

    private Transition Limited(string owner = "owner", ChatId? id = null) => New(owner: owner, id: id) with { MaxChatsOfOwner = Most };
}
