using DurableChat.Chats;
using DurableChat.Notifications;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Tests.Notifications;

/// <summary>Who waits, in which order, and who loses when too many wait.</summary>
public sealed class NewsLineTests
{
    private const int MaxPayload = 8_000;

    [Fact]
    public void Owners_are_served_in_turn_and_each_in_its_order()
    {
        var line = new NewsLine(100, 1_000_000, MaxPayload);
        List<News> greedy = [.. Enumerable.Range(0, 5).Select(_ => Of("greedy"))];
        greedy.ForEach(news => line.Add(news));
        var (one, other) = (Of("one"), Of("other"));
        line.Add(one);
        line.Add(other);
        Assert.Equal([greedy[0], one, other, greedy[1], greedy[2], greedy[3], greedy[4]], Drain(line));
        Assert.Null(line.TryTake());
    }

    [Fact]
    public void An_owner_with_many_in_line_loses_its_own_and_nobody_elses()
    {
        var line = new NewsLine(100, 100_000_000, MaxPayload);
        List<News> quiet = [.. Enumerable.Range(0, 40).Select(number => Of($"quiet {number}"))];
        Assert.Equal(0, quiet.Sum(line.Add));
        Assert.Equal(940, Enumerable.Range(0, 1_000).Sum(_ => line.Add(Of("greedy"))));
        List<News> late = [.. Enumerable.Range(0, 20).Select(number => Of($"late {number}"))];
        Assert.Equal(20, late.Sum(line.Add));
        var told = Drain(line);
        Assert.Equal(100, told.Count);
        Assert.Equal(60, told.Intersect(quiet.Concat(late)).Count());
    }

    [Fact]
    public void With_many_small_owners_no_more_wait_than_may()
    {
        var line = new NewsLine(100, 100_000_000, MaxPayload);
        Assert.Equal(100, Enumerable.Range(0, 200).Sum(number => line.Add(Of($"owner {number}"))));
        Assert.Equal(100, Drain(line).Count);
    }

    [Fact]
    public void Beyond_the_bytes_only_hints_are_added_and_an_owner_has_a_part_of_them()
    {
        // About 16,000 bytes each; an owner may keep an eighth of 1,000,000.
        var line = new NewsLine(10_000, 1_000_000, MaxPayload);
        for (var number = 0; number < 100; number++)
        {
            line.Add(Of("greedy", 7_000));
        }

        for (var number = 0; number < 30; number++)
        {
            line.Add(Of($"quiet {number}", 7_000));
        }

        var told = Drain(line);
        Assert.Equal(130, told.Count);
        Assert.InRange(told.Count(news => news.Owner == "greedy" && news.Messages is not null), 1, 8);
        Assert.Equal(30, told.Count(news => news.Owner != "greedy" && news.Messages is not null));
        for (var number = 0; number < 1_000; number++)
        {
            line.Add(Of($"owner {number}", 7_000));
        }

        Assert.InRange(Drain(line).Count(news => news.State is not null), 50, 70);
    }

    [Fact]
    public void News_that_are_joined_keep_their_place_and_count_once()
    {
        var stage = new Stage();
        var line = new NewsLine(2, 1_000_000, MaxPayload);
        var first = News.Of(stage.Create(), MaxPayload);
        Assert.Equal(0, line.Add(first));
        Assert.Equal(0, line.Add(Of("owner")));
        Assert.Equal(0, line.Add(News.Of(stage.Finish(new string('a', 7_999)), MaxPayload)));
        Assert.Equal(0, line.Add(News.Of(stage.Send("m3"), MaxPayload)));
        Assert.Same(first, line.TryTake());
        Assert.Equal((3, true, true), (first.Version, first.Messages is null, first.State is not null));
        Assert.Single(Drain(line));
    }

    private static List<News> Drain(NewsLine line)
    {
        var told = new List<News>();
        while (line.TryTake() is { } news)
        {
            told.Add(news);
        }

        return told;
    }

    private static News Of(string owner, int size = 10)
    {
        var created = new Stage().Create(new string('m', size));
        return News.Of(created with { Next = created.Next with { Owner = owner, Id = ChatId.Create(DateTimeOffset.UnixEpoch) } }, MaxPayload);
    }
}
