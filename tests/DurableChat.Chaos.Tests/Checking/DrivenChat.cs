using DurableChat.Lab.Chaos;
using DurableChat.ScaleTest.Mock;
using DurableChat.ScaleTest.Wire;

namespace DurableChat.Chaos.Tests.Checking;

/// <summary>
/// The record of a chat that was driven well: a question at 10 s, an answer that calls a tool at 11 s, a run of the
/// tool, the second answer, and rest at 15 s. All by replica 0. Times stand in seconds.
/// </summary>
internal static class DrivenChat
{
    public const double Ended = 200;

    public static RecordedChat Make() => LawfulChat.Make() with
    {
        Actions = [Acknowledged(new ChaosAction(ActionKind.Create, "") { Content = "one" }, at: 10, version: 1)],
        Streams = [new RecordedStream("follower", IsWhole: false, [Status(10.2, "running", 1), Status(15, "waiting", 4)])],
        Work = [Answer(11, 12), ToolRun(12.5, 13.5), Answer(13.8, 14.5) with { Key = "after the tool" }],
        Circumstances = new Circumstances { Ended = Ended, Limits = new RunLimits { Sync = 5, Lease = 5, Takeover = 1, Retry = 2, Recovery = 5 } },
    };

    public static ActionRecord Acknowledged(ChaosAction action, double at, long version) =>
        LawfulChat.Done(1, 2, action, version, message: 1) with { At = at, Seconds = 0 };

    public static StreamEntry Status(double at, string word, long version) => new(at, new WireEvent { Type = WireEventType.Status, Word = word, Version = version });

    public static WorkRecord Answer(double began, double ended, WorkOutcome outcome = WorkOutcome.Completed) => new(WorkKind.Answer, "history", "one", 0, began, ended, ended, outcome);

    public static WorkRecord ToolRun(double began, double ended, WorkOutcome outcome = WorkOutcome.Completed) => new(WorkKind.Tool, "call", "one", 0, began, ended, ended, outcome);

    public static RecordedChat With(this RecordedChat chat, params IReadOnlyList<WorkRecord> work) => chat with { Work = work };

    public static RecordedChat With(this RecordedChat chat, params IReadOnlyList<FaultWindow> faults) => chat with { Circumstances = chat.Circumstances with { Faults = faults } };

    public static RecordedChat Shown(this RecordedChat chat, params IReadOnlyList<StreamEntry> entries) => chat with { Streams = [new RecordedStream("follower", IsWhole: false, entries)] };
}
