using CsCheck;
using DurableChat.Chats;
using DurableChat.Workers;
using Xunit;

namespace DurableChat.Tests.Workers;

public sealed class TurnPlacesTests
{
    private static readonly ChatId[] _chats = [.. Enumerable.Range(0, 6).Select(_ => ChatId.Create(DateTimeOffset.UnixEpoch))];

    [Fact]
    public void Never_more_chats_have_a_place_than_there_are_and_never_more_of_one_owner_than_its_share() =>
        Gen.Select(Gen.Int[0, 5], Gen.Bool).Array[0, 60].Sample(steps =>
        {
            var places = new TurnPlaces(most: 3, mostOfOwner: 2);
            var held = new List<(ChatId Chat, string Owner, TurnPlaces.Hold Hold)>();
            foreach (var (at, takes) in steps)
            {
                var (chat, owner) = (_chats[at], at < 4 ? "many" : "few");
                if (takes)
                {
                    var before = held.Select(hold => hold.Chat).Distinct().Count();
                    var ofOwner = held.Where(hold => hold.Owner == owner).Select(hold => hold.Chat).Distinct().Count();
                    var hold = places.TryHold(chat, owner);
                    Assert.Equal(held.Exists(other => other.Chat == chat) || (before < 3 && ofOwner < 2), hold is not null);
                    if (hold is not null)
                    {
                        held.Add((chat, owner, hold));
                    }
                }
                else if (held.FindIndex(hold => hold.Chat == chat) is var index and >= 0)
                {
                    held[index].Hold.Dispose();
                    held[index].Hold.Dispose();
                    held.RemoveAt(index);
                }

                Assert.Equal(3 - held.Select(hold => hold.Chat).Distinct().Count(), places.Free);
                Assert.Equal(held.Where(hold => hold.Owner == "many").Select(hold => hold.Chat).Distinct().Count() == 2, places.FullOwners().Contains("many"));
            }
        });

    [Fact]
    public void A_place_that_somebody_was_refused_is_announced_when_it_is_free()
    {
        var places = new TurnPlaces(most: 2, mostOfOwner: 1);
        var freed = 0;
        places.Freed += () => freed++;
        var first = places.TryHold(_chats[0], "one")!;
        first.Dispose();
        Assert.Equal(0, freed);

        first = places.TryHold(_chats[0], "one")!;
        Assert.Null(places.TryHold(_chats[1], "one"));
        first.Dispose();
        Assert.Equal(1, freed);
    }

    [Fact]
    public void A_place_of_another_owner_does_not_help_one_that_has_its_share()
    {
        var places = new TurnPlaces(most: 4, mostOfOwner: 1);
        var freed = 0;
        places.Freed += () => freed++;
        var (many, few) = (places.TryHold(_chats[0], "many")!, places.TryHold(_chats[4], "few")!);
        Assert.False(places.HasRoom("many"));
        few.Dispose();
        Assert.Equal(0, freed);
        many.Dispose();
        Assert.Equal(1, freed);
    }

    [Fact]
    public void After_the_end_no_place_is_given_but_to_leases_that_are_held()
    {
        var places = new TurnPlaces(most: 1, mostOfOwner: 1);
        places.Close();
        Assert.Equal(0, places.Free);
        Assert.Null(places.TryHold(_chats[0], "one"));
        using var held = places.HoldAnyhow(_chats[0], "one");
        Assert.Null(places.TryHold(_chats[0], "one"));
    }
}
