using System.Text;
using CsCheck;
using DurableChat.ScaleTest.Checking;
using DurableChat.ScaleTest.Wire;
using Xunit;

namespace DurableChat.ScaleTest.Tests.Checking;

/// <summary>The checker accepts what is right and finds what is wrong.</summary>
public sealed class StreamCheckerTests
{
    [Fact]
    public void A_lawful_stream_has_no_violation() => LawfulStream.Gen.Sample(events => Assert.Empty(Check(events)));

    [Fact]
    public void A_lost_message_is_a_gap() => Spoil(WireEventType.Message, (events, at) => events.RemoveAt(at), ViolationKind.Gap, isEndAllowed: false);

    [Fact]
    public void A_repeated_message_is_a_duplicate() => Spoil(WireEventType.Message, (events, at) => events.Insert(at, events[at]), ViolationKind.Duplicate);

    [Fact]
    public void A_message_that_comes_again_later_is_found() => Spoil(
        WireEventType.Message,
        (events, at) => events.Insert(FindReset(events, at), events[at]),
        ViolationKind.Duplicate);

    [Fact]
    public void A_lost_part_is_found() => Spoil(WireEventType.MessagePart, (events, at) => events.RemoveAt(at), ViolationKind.PartGap, isEndAllowed: false, isNeighbour: true);

    [Fact]
    public void A_repeated_part_is_found() => Spoil(WireEventType.MessagePart, (events, at) => events.Insert(at, events[at]), ViolationKind.PartDuplicate);

    [Fact]
    public void A_part_behind_its_message_is_found() => Spoil(
        WireEventType.MessagePart,
        (events, at) =>
        {
            var message = events.FindIndex(at, other => other.Type == WireEventType.Message && other.Message!.Generation > 0);
            events.Insert(message + 1, events[at]);
        },
        ViolationKind.StalePart);

    [Fact]
    public void Swapped_messages_are_found() => LawfulStream.Gen.Sample(events =>
    {
        var messages = events.Select((one, i) => (one, i)).Where(pair => pair.one.Type == WireEventType.Message).Select(pair => pair.i).ToList();
        if (messages.Count < 2)
        {
            return;
        }

        (events[messages[0]], events[messages[1]]) = (events[messages[1]], events[messages[0]]);
        Assert.NotEmpty(Check(events));
    });

    [Fact]
    public void An_event_of_another_epoch_is_found() => Spoil(
        WireEventType.Message,
        (events, at) => events[at] = events[at] with { Position = events[at].Position!.Value with { Epoch = events[at].Position!.Value.Epoch + 1 } },
        ViolationKind.WrongEpoch,
        isEndAllowed: false);

    [Fact]
    public void A_message_that_differs_from_its_parts_is_found() => LawfulStream.Gen.Sample(events =>
    {
        var part = events.FindIndex(one => one.Type == WireEventType.MessagePart);
        var message = part < 0 ? -1 : events.FindIndex(part, one => one.Type == WireEventType.Message);
        if (message < 0 || events.FindIndex(part, message - part, one => one.Type == WireEventType.PreviewReset) >= 0)
        {
            return;
        }

        events[message] = events[message] with { Message = events[message].Message! with { Text = "something else"u8.ToArray() } };
        Assert.Contains(Check(events), violation => violation.Kind == ViolationKind.Content);
    });

    [Fact]
    public void An_old_status_is_found() => LawfulStream.Gen.Sample(events =>
    {
        events.Add(events.First(one => one.Type == WireEventType.Status));
        Assert.Contains(Check(events), violation => violation.Kind == ViolationKind.StaleStatus);
    });

    [Fact]
    public void A_position_that_would_skip_a_message_is_found() => LawfulStream.Gen.Sample(events =>
    {
        var part = events.FindIndex(one => one.Type == WireEventType.MessagePart);
        if (part < 0)
        {
            return;
        }

        events[part] = events[part] with { Position = events[part].Position!.Value with { Message = events[part].Position!.Value.Message + 1 } };
        Assert.Contains(Check(events), violation => violation.Kind == ViolationKind.Gap);
    });

    [Theory]
    [InlineData(nameof(WireEventType.Other), "1.2.0.0")]
    [InlineData(nameof(WireEventType.Status), "1.2.0.0")]
    [InlineData(nameof(WireEventType.PreviewReset), "1.2.0.0")]
    [InlineData(nameof(WireEventType.PreviewReset), "1.1.1.7")]
    [InlineData(nameof(WireEventType.HistoryReset), "2.2.0.0")]
    [InlineData(nameof(WireEventType.HistoryReset), "1.0.0.0")]
    public void Any_position_that_a_client_could_not_come_back_with_is_found(string type, string position)
    {
        var log = new ViolationLog();
        var checker = new StreamChecker("c", "s", 0, log);
        checker.Check(Message(1, 0));
        checker.Check(new WireEvent { Type = Enum.Parse<WireEventType>(type), Version = 1, Epoch = 2, PositionText = position, Position = WirePosition.Read(position) });
        Assert.Single(log.First);
    }

    [Theory]
    [InlineData("id: 1.1.0.0\nevent: status\ndata: {\"type\":\"status\",\"status\":\"waiting\",\"version\":1}\n\n")]
    [InlineData("event: message\ndata: {\"type\":\"message\",\"position\":\"1.1.0.0\",\"message\":{\"id\":1,\"previous_id\":0,\"generation\":0,\"role\":\"user\",\"parts\":[]}}\n\n")]
    public async Task An_id_that_is_not_the_position_is_found(string frame)
    {
        await using var stream = new SseWireStream(new HttpResponseMessage(), new MemoryStream(Encoding.UTF8.GetBytes("id: 1.0.0.0\nevent: history_reset\ndata: {\"type\":\"history_reset\",\"epoch\":1,\"position\":\"1.0.0.0\"}\n\nevent: status\ndata: {\"type\":\"status\",\"status\":\"running\",\"version\":1}\n\n" + frame)));
        var wrong = new List<string?>();
        await foreach (var next in stream.ReadAsync(CancellationToken.None))
        {
            wrong.Add(next.Malformed);
        }

        Assert.Equal([null, null], wrong[..2]);
        Assert.NotNull(wrong[2]);
    }

    [Fact]
    public void A_reset_to_an_old_epoch_is_found()
    {
        var log = new ViolationLog();
        var checker = new StreamChecker("c", "s", 0, log);
        checker.Check(Reset(2));
        checker.Check(Reset(2));
        Assert.Equal(ViolationKind.WrongEpoch, Assert.Single(log.First).Kind);
    }

    [Fact]
    public void A_violation_shows_the_chat_the_position_and_what_came_before()
    {
        var log = new ViolationLog();
        var checker = new StreamChecker("chat7", "3.1", 0, log);
        checker.Check(Message(1, 0));
        checker.Check(Message(3, 2));
        var text = Assert.Single(log.First).ToString();
        Assert.Contains("Gap in chat chat7, subscriber 3.1 at 1.1.0.0", text, StringComparison.Ordinal);
        Assert.Contains("message 1 (previous 0", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_connection_may_repeat_the_status_but_no_message()
    {
        var log = new ViolationLog();
        var checker = new StreamChecker("c", "s", 0, log);
        var status = new WireEvent { Type = WireEventType.Status, Word = "running", Version = 5 };
        checker.Check(status);
        checker.Check(Message(1, 0));
        checker.Connected();
        checker.Check(status);
        Assert.Empty(log.First);
        checker.Check(Message(1, 0));
        Assert.Equal(ViolationKind.Duplicate, Assert.Single(log.First).Kind);
    }

    [Theory]
    [InlineData("message", """{"type":"message","position":"1.1.0.0"}""")]
    [InlineData("message", """{"type":"message_part","position":"1.1.0.0"}""")]
    [InlineData("message", "nonsense")]
    [InlineData("message_part", """{"type":"message_part","position":"1.1.1.1","generation":1,"first_seq":1,"seq":1,"part":{"type":"text","text":null}}""")]
    [InlineData("status", """{"type":"status","status":"waiting"}""")]
    public void An_event_of_a_wrong_form_is_found(string name, string data)
    {
        var log = new ViolationLog();
        new StreamChecker("c", "s", 0, log).Check(WireEvent.Read(name, Encoding.UTF8.GetBytes(data)));
        Assert.Equal(ViolationKind.Malformed, Assert.Single(log.First).Kind);
    }

    private static IReadOnlyList<Violation> Check(IEnumerable<WireEvent> events)
    {
        var log = new ViolationLog();
        var checker = new StreamChecker("c", "s", 0, log);
        foreach (var one in events)
        {
            checker.Check(one);
        }

        return log.First;
    }

    /// <summary>Spoils each event of a kind in turn, and expects the violation each time.</summary>
    private static void Spoil(WireEventType type, Action<List<WireEvent>, int> spoil, ViolationKind expected, bool isEndAllowed = true, bool isNeighbour = false) =>
        LawfulStream.Gen.Sample(events =>
        {
            for (var at = 0; at < events.Count; at++)
            {
                // What nothing of its kind follows is a tail that may come yet; that is for the end of the run to find.
                var next = events.FindIndex(at + 1, other => other.Type == type);
                if (events[at].Type != type || (!isEndAllowed && (next < 0 || events.FindIndex(at, next - at, other => other.Type == WireEventType.HistoryReset) >= 0)))
                {
                    continue;
                }

                if (isNeighbour && (next != at + 1 || events[next].Generation != events[at].Generation))
                {
                    continue;
                }

                var spoilt = events.ToList();
                spoil(spoilt, at);
                Assert.Contains(Check(spoilt), violation => violation.Kind == expected);
            }
        });

    private static int FindReset(List<WireEvent> events, int at)
    {
        var reset = events.FindIndex(at, one => one.Type == WireEventType.HistoryReset);
        return reset < 0 ? events.Count : reset;
    }

    private static WireEvent Reset(long epoch) =>
        new() { Type = WireEventType.HistoryReset, Epoch = epoch, PositionText = $"{epoch}.0.0.0", Position = new WirePosition(epoch, 0, 0, 0) };

    private static WireEvent Message(long id, long previous)
    {
        var position = new WirePosition(1, id, 0, 0);
        return new() { Type = WireEventType.Message, Message = new WireMessage(id, previous, 0, true, false, default, default), PositionText = position.ToString(), Position = position };
    }
}
