using DurableChat.ScaleTest.Checking;

namespace DurableChat.Lab.Chaos.Checking;

/// <summary>Collects what is wrong with a chat, each finding with the history around it.</summary>
internal sealed class Findings(RecordedChat chat)
{
    private const int Neighbours = 4;
    private const int MaxEvents = 12;
    private const double Before = 6;
    private readonly List<Violation> _all = [];

    public IReadOnlyList<Violation> All => _all;

    /// <summary>Something wrong with the chat as a whole, or with commands to it.</summary>
    public void Add(ViolationKind kind, string detail, params ReadOnlySpan<ActionRecord> about)
    {
        var lines = new SortedSet<int>();
        foreach (var action in about)
        {
            var at = chat.Actions.Index().First(entry => ReferenceEquals(entry.Item, action)).Index;
            lines.UnionWith(Enumerable.Range(at - Neighbours, (2 * Neighbours) + 1));
        }

        if (about.Length == 0)
        {
            lines.UnionWith(Enumerable.Range(chat.Actions.Count - MaxEvents, MaxEvents));
        }

        _all.Add(new Violation(kind, chat.Id, "", "", detail, [.. lines.Where(line => line >= 0
            && line < chat.Actions.Count).Select(line => chat.Actions[line].ToString())]));
    }

    /// <summary>
    /// Something wrong with what was done for the chat from one time to another, in seconds: shown with the commands
    /// that were under way then or shortly before.
    /// </summary>
    public void Add(ViolationKind kind, string detail, double from, double to)
    {
        var around = chat.Actions.Where(action => action.At <= to && action.At + action.Seconds >= from - Before)
            .ToList();
        _all.Add(new Violation(
            kind, chat.Id, "", "", detail, [.. around.TakeLast(MaxEvents).Select(action => action.ToString())]));
    }

    /// <summary>Something wrong with what a follower was given.</summary>
    public void Add(ViolationKind kind, string detail, RecordedStream stream, int entry)
    {
        var first = Math.Max(0, entry - MaxEvents + 1);
        _all.Add(new Violation(
            kind,
            chat.Id,
            stream.Name,
            stream.Entries.Take(entry + 1)
                .LastOrDefault(given => given.Event?.PositionText is not null)?.Event!.PositionText ?? "the beginning",
            detail,
            [.. stream.Entries.Skip(first).Take(entry + 1 - first).Select(given => given.ToString())]));
    }
}
