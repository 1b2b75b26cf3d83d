using System.Text;
using System.Text.Json;
using DurableChat.ScaleTest.Checking;
using DurableChat.ScaleTest.Wire;
using Xunit;

namespace DurableChat.ScaleTest.Tests.Checking;

/// <summary>The comparison at the end of a run.</summary>
public sealed class HistoryCheckerTests
{
    private readonly ViolationLog _log = new();

    [Fact]
    public void What_agrees_has_no_violation()
    {
        var stored = Stored("a", "b", "c");
        HistoryChecker.CheckStore("c", stored, ["a", "b", "c"], new HashSet<string>(), _log);
        HistoryChecker.CheckSubscriber("c", "s", Given(stored, 0), stored, 3, _log);
        HistoryChecker.CheckSubscriber("c", "s", Given(stored.Skip(1), 1), stored, 3, _log);
        HistoryChecker.CheckSubscriber("c", "s", Given(stored.Take(2), 0), stored, 0, _log);
        Assert.Empty(_log.First);
    }

    [Theory]
    [InlineData("a,b", "a,b,c", nameof(ViolationKind.Lost))]
    [InlineData("a,b,c", "a,b", nameof(ViolationKind.Unknown))]
    [InlineData("a,b,b", "a,b", nameof(ViolationKind.Duplicate))]
    [InlineData("b,a", "a,b", nameof(ViolationKind.OutOfOrder))]
    public void The_store_must_have_what_was_acknowledged(string stored, string acknowledged, string expected)
    {
        HistoryChecker.CheckStore("c", Stored(stored.Split(',')), acknowledged.Split(','), new HashSet<string>(), _log);
        Assert.Equal(expected, _log.First[0].Kind.ToString());
    }

    [Fact]
    public void What_was_never_acknowledged_may_be_there_or_not()
    {
        HistoryChecker.CheckStore("c", Stored("a", "x"), ["a"], new HashSet<string> { "x", "y" }, _log);
        Assert.Empty(_log.First);
    }

    [Fact]
    public void A_hole_in_the_store_is_found()
    {
        HistoryChecker.CheckStore("c", [.. Stored("a", "b", "c").Where(message => message.Id != 2)], ["a", "c"], new HashSet<string>(), _log);
        Assert.Equal(ViolationKind.Gap, Assert.Single(_log.First).Kind);
    }

    [Fact]
    public void A_subscriber_without_the_end_lost_it()
    {
        var stored = Stored("a", "b", "c");
        HistoryChecker.CheckSubscriber("c", "s", Given(stored.Take(2), 0), stored, 3, _log);
        Assert.Equal(ViolationKind.Lost, Assert.Single(_log.First).Kind);
    }

    [Fact]
    public void A_subscriber_with_a_message_that_is_not_stored_is_found()
    {
        var stored = Stored("a", "b", "c");
        HistoryChecker.CheckSubscriber("c", "s", Given(stored, 0), [.. stored.Take(2)], 3, _log);
        Assert.Equal(ViolationKind.Unknown, Assert.Single(_log.First).Kind);
    }

    [Fact]
    public void A_subscriber_that_was_shown_another_text_is_found()
    {
        HistoryChecker.CheckSubscriber("c", "s", Given(Stored("a", "x", "c"), 0), Stored("a", "b", "c"), 3, _log);
        Assert.Equal(ViolationKind.Content, Assert.Single(_log.First).Kind);
    }

    [Fact]
    public void A_message_that_was_answered_twice_is_found()
    {
        List<WireMessage> stored = [.. Stored("a"), new(2, 1, 1, false, true, "x"u8.ToArray(), default), new(3, 2, 2, false, true, "y"u8.ToArray(), default)];
        HistoryChecker.CheckStore("c", stored, ["a"], new HashSet<string>(), _log);
        Assert.Equal(ViolationKind.Duplicate, Assert.Single(_log.First).Kind);
    }

    [Fact]
    public void A_violation_elsewhere_hides_no_other()
    {
        HistoryChecker.CheckStore("other", Stored("a"), ["a", "b"], new HashSet<string>(), _log);
        HistoryChecker.CheckStore("c", Stored("b", "a"), ["a", "b"], new HashSet<string>(), _log);
        Assert.Contains(_log.First, violation => violation is { Chat: "c", Kind: ViolationKind.OutOfOrder });
    }

    [Theory]
    [InlineData("""[{"type":"tool_call","call_id":"1","name":"f","arguments":{"a":1}}]""", "tool_calls")]
    [InlineData("""[{"type":"tool_call","call_id":"1","name":"f","arguments":{"a":2}}]""", "stop")]
    [InlineData("[]", "tool_calls")]
    public void A_subscriber_that_was_shown_another_tool_call_is_found(string parts, string reason)
    {
        var stored = Read("""[{"type":"tool_call","call_id":"1","name":"f","arguments":{"a":2}}]""", "tool_calls");
        HistoryChecker.CheckSubscriber("c", "s", Given([stored], 0), [stored], 3, _log);
        Assert.Empty(_log.First);
        HistoryChecker.CheckSubscriber("c", "s", Given([Read(parts, reason)], 0), [stored], 3, _log);
        Assert.Equal(ViolationKind.Content, Assert.Single(_log.First).Kind);
    }

    private static WireMessage Read(string parts, string reason)
    {
        using var json = JsonDocument.Parse($$"""{"id":1,"previous_id":0,"role":"assistant","generation":1,"finish_reason":"{{reason}}","created_at":"2026-01-01T00:00:00Z","parts":{{parts}}}""");
        return WireMessage.Read(json.RootElement);
    }

    private static List<WireMessage> Stored(params string[] texts) =>
        [.. texts.Select((text, i) => new WireMessage(i + 1, i, 0, true, false, Encoding.UTF8.GetBytes(text), default))];

    private static StreamChecker Given(IEnumerable<WireMessage> messages, long after)
    {
        var checker = new StreamChecker("c", "s", after, new ViolationLog());
        foreach (var message in messages)
        {
            var position = new WirePosition(1, message.Id, 0, 0);
            checker.Check(new WireEvent { Type = WireEventType.Message, Message = message, Position = position, PositionText = position.ToString() });
        }

        return checker;
    }
}
