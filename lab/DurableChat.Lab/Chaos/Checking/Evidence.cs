using System.Text;
using DurableChat.ScaleTest.Wire;

namespace DurableChat.Lab.Chaos.Checking;

/// <summary>What is known of each text: under which ids it was ever seen, and whether it is there at the end.</summary>
internal sealed class Evidence
{
    private readonly Dictionary<string, HashSet<long>> _ids = [];
    private readonly Dictionary<string, long> _stored = [];
    private readonly HashSet<string> _queued;
    private readonly List<ActionRecord> _edits;

    public Evidence(RecordedChat chat)
    {
        foreach (var message in chat.Stored.Where(message => message.IsUser))
        {
            _stored.TryAdd(TextOf(message), message.Id);
        }

        foreach (var message in chat.Streams.SelectMany(stream => stream.Entries)
            .Select(entry => entry.Event?.Message)
            .OfType<WireMessage>()
            .Concat(chat.Stored)
            .Where(message => message.IsUser))
        {
            var text = TextOf(message);
            (_ids.TryGetValue(text, out var ids) ? ids : _ids[text] = []).Add(message.Id);
        }

        _queued = [.. chat.Final.Queue.Select(queued => queued.Text)];
        _edits = [.. chat.Actions.Where(action => action.Action.Kind == ActionKind.Edit
            && (action.IsAcknowledged || (action.MayBeDone && WasSeen(action.Action.Content!))))];
    }

    /// <summary>The texts that were ever seen as messages.</summary>
    public IEnumerable<string> Texts => _ids.Keys;

    public static string TextOf(WireMessage message) => Encoding.UTF8.GetString(message.Text.Span);

    /// <summary>The ids under which a text was seen as a message, in the store or in a stream.</summary>
    public IReadOnlyCollection<long> IdsOf(string text) => _ids.TryGetValue(text, out var ids) ? ids : [];

    /// <summary>The id of a text in the stored history; 0 if it is not there.</summary>
    public long StoredIdOf(string text) => _stored.GetValueOrDefault(text);

    public bool IsQueued(string text) => _queued.Contains(text);

    /// <summary>True if it was seen anywhere.</summary>
    public bool WasSeen(string text) => _ids.ContainsKey(text) || _queued.Contains(text);

    /// <summary>True if an edit that was done, or may well have been, can have removed a message.</summary>
    /// <param name="id">The message; 0 if its id is not known.</param>
    /// <param name="by">The command that brought it; null for an answer.</param>
    public bool MayHaveBeenCutOff(long id, ActionRecord? by) => _edits.Exists(edit =>
        !ReferenceEquals(edit, by)
        && (id == 0 || edit.Action.Target <= id)
        && (by is null || !edit.IsBefore(by))
        && (by is not { IsAcknowledged: true } || !edit.IsAcknowledged || edit.Reply!.Version > by.Reply!.Version));
}
