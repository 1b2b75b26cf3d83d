namespace DurableChat.Models;

/// <summary>Gives each tool call an id that is unique in its chat. For one answer. Not thread-safe.</summary>
/// <param name="make">Creates an id for a call whose provider sent none, or one that was used before.</param>
/// <param name="used">Ids of calls in the history. Read only if the answer calls tools.</param>
internal sealed class CallIds(Func<string> make, IEnumerable<string> used)
{
    private HashSet<string>? _ids;

    /// <summary>Returns the given id, or a new one if it is empty or already used.</summary>
    public string Unique(string? given)
    {
        // Some providers number the calls of each answer, so an id repeats in the next step, and clients would take the
        // call for the earlier one.
        _ids ??= new HashSet<string>(used, StringComparer.Ordinal);
        var id = string.IsNullOrEmpty(given) ? make() : given;
        while (!_ids.Add(id))
        {
            id = make();
        }

        return id;
    }
}
