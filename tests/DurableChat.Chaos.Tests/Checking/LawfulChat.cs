using System.Globalization;
using System.Text;
using DurableChat.Lab.Chaos;
using DurableChat.ScaleTest.Wire;

namespace DurableChat.Chaos.Tests.Checking;

/// <summary>
/// The record of a chat in which all went well: created, answered, asked with a tool, a question queued while that ran,
/// an edit, and a follower that came back at another replica. Tests spoil a copy of it.
/// </summary>
internal static class LawfulChat
{
    public const string Id = "chat";

    public static RecordedChat Make()
    {
        WireMessage[] first = [User(1, 0, "one"), Answer(2, 1, 1, "1st")];
        WireMessage[] removed = [User(3, 2, "two"), Answer(4, 3, 2, "2nd")];
        WireMessage[] rest =
        [
            User(5, 2, "two, edited"), Calls(6, 5, 3, "call"), Results(7, 6, "call"), Answer(8, 7, 4, "3rd"),
            User(9, 8, "queued a"), Answer(10, 9, 5, "4th"), User(11, 10, "queued b"), Answer(12, 11, 6, "5th"),
        ];
        ActionRecord[] actions =
        [
            Done(1, 2, new ChaosAction(ActionKind.Create, "") { Content = "one" }, version: 1, message: 1),
            Done(3, 4, new ChaosAction(ActionKind.Send, Id) { Content = "two" }, version: 3, message: 3),
            Done(5, 6, new ChaosAction(ActionKind.Edit, Id) { Content = "two, edited", Target = 3 }, version: 5, message: 5),
            Done(7, 8, new ChaosAction(ActionKind.Send, Id) { Content = "queued a" }, version: 6, queued: 1),
            Done(9, 10, new ChaosAction(ActionKind.Send, Id) { Content = "queued b" }, version: 7, queued: 2),
            Done(11, 12, new ChaosAction(ActionKind.Send, Id) { Content = "queued c" }, version: 8, queued: 3),
            Done(13, 14, new ChaosAction(ActionKind.DeleteQueued, Id) { Target = 3 }, version: 9),
            new ActionRecord("b", new ChaosAction(ActionKind.Send, Id) { Content = "never" }, 15, 16, ActionOutcome.Refused) { Reply = new ActionReply(409, "", 0, 0, 0, "queue_full") },
            new ActionRecord("b", new ChaosAction(ActionKind.Send, Id) { Content = "perhaps" }, 17, long.MaxValue, ActionOutcome.Unsure),
            Done(18, 19, new ChaosAction(ActionKind.Archive, Id) { Flag = true }, version: 16),
            Done(20, 21, new ChaosAction(ActionKind.Archive, Id), version: 17),
        ];
        StreamEntry[] entries =
        [
            new(0, null, 0),
            .. first.Select(message => Event(1, message)),
            Event(1, removed[0]),
            Part(1, 3, 2, 1, "2n"),
            new(1, null, 1, "1.3.2.1"),
            Part(1, 3, 2, 2, "d"),
            Event(1, removed[1]),
            Reset(2),
            .. first.Concat(rest).Select(message => Event(2, message)),
        ];
        return new RecordedChat(
            Id,
            actions,
            [new RecordedStream("follower", IsWhole: true, entries)],
            [.. first, .. rest],
            new ChatView("waiting", false, 17, 12, [], [], null),
            null,
            TurnsMayFail: false);
    }

    public static WireMessage User(long id, long previous, string text) => Message(id, previous, 0, "user", text, null);

    public static WireMessage Answer(long id, long previous, long generation, string text, string finish = "stop") => Message(id, previous, generation, "assistant", text, finish);

    public static ActionRecord Done(long started, long ended, ChaosAction action, long version, long message = 0, long queued = 0) =>
        new("a", action, started, ended, ActionOutcome.Acknowledged) { Reply = new ActionReply(202, Id, version, message, queued, null) };

    public static StreamEntry Event(long epoch, WireMessage message) => new(0, new WireEvent
    {
        Type = WireEventType.Message,
        Message = message,
        PositionText = Text(epoch, message.Id, message.Generation, 0),
        Position = new WirePosition(epoch, message.Id, message.Generation, 0),
    });

    public static StreamEntry Part(long epoch, long after, long generation, long seq, string text) => new(0, new WireEvent
    {
        Type = WireEventType.MessagePart,
        Generation = generation,
        FirstSeq = seq,
        Seq = seq,
        Text = Encoding.UTF8.GetBytes(text),
        PositionText = Text(epoch, after, generation, seq),
        Position = new WirePosition(epoch, after, generation, seq),
    });

    private static StreamEntry Reset(long epoch) => new(0, new WireEvent { Type = WireEventType.HistoryReset, Epoch = epoch, PositionText = Text(epoch, 0, 0, 0), Position = new WirePosition(epoch, 0, 0, 0) });

    private static WireMessage Calls(long id, long previous, long generation, string call) => Message(id, previous, generation, "assistant", "", "tool_calls") with { Calls = [call] };

    private static WireMessage Results(long id, long previous, string call) => Message(id, previous, 0, "tool", "", null) with { Results = [call] };

    private static WireMessage Message(long id, long previous, long generation, string role, string text, string? finish) =>
        new(id, previous, generation, role == "user", role == "assistant" && finish != "tool_calls", Encoding.UTF8.GetBytes(text), default)
        {
            Role = role,
            FinishReason = finish,
            JsonHash = (ulong)string.GetHashCode($"{id}.{previous}.{text}", StringComparison.Ordinal),
        };

    private static string Text(long epoch, long message, long generation, long seq) => string.Create(CultureInfo.InvariantCulture, $"{epoch}.{message}.{generation}.{seq}");
}
