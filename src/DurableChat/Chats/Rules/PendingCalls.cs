namespace DurableChat.Chats;

/// <summary>Matches tool results with pending calls. Pure.</summary>
internal static class PendingCalls
{
    /// <summary>
    /// For each result, the index of the pending call that it answers, or -1 if there is none. If several pending calls
    /// have the same id, their results are matched in order.
    /// </summary>
    public static int[] Match(IReadOnlyList<ToolCallPart> pending, IReadOnlyList<ToolResultPart> results)
    {
        var open = new Dictionary<string, Queue<int>>(StringComparer.Ordinal);
        for (var i = 0; i < pending.Count; i++)
        {
            (open.TryGetValue(pending[i].CallId, out var places)
                ? places
                : open[pending[i].CallId] = new Queue<int>()).Enqueue(i);
        }

        return [.. results.Select(result => open.TryGetValue(result.CallId, out var places)
            && places.TryDequeue(out var place) ? place : -1)];
    }
}
