namespace DurableChat.Models;

/// <summary>Gives each tool call of a chat an id of its own. For one answer; not thread-safe.</summary>
/// <param name="make">Makes an id for a call to which the provider gave none, or one that was used before.</param>
/// <param name="used">Ids of calls that stand in the history. Read only if the answer calls tools.</param>
internal sealed class CallIds(Func<string> make, IEnumerable<string> used)
{
    private HashSet<string>? _ids;

    /// <summary>The given id, or another if it is empty or used.</summary>
    public string Unique(string? given)
    {
        // Some providers number the calls of each answer, so that an id comes again in the next step, where clients would take it for the call before.
        _ids ??= new HashSet<string>(used, StringComparer.Ordinal);
        var id = string.IsNullOrEmpty(given) ? make() : given;
        while (!_ids.Add(id))
        {
            id = make();
        }

        return id;
    }
}
