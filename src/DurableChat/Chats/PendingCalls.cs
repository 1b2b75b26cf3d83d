namespace DurableChat.Chats;

/// <summary>Which pending calls some results answer. Pure.</summary>
internal static class PendingCalls
{
    /// <summary>
    /// For each result the index of the pending call that it answers, or -1 if there is none. An id that several pending calls share is answered in their order.
    /// </summary>
    public static int[] Match(IReadOnlyList<ToolCallPart> pending, IReadOnlyList<ToolResultPart> results)
    {
        var open = new Dictionary<string, Queue<int>>(StringComparer.Ordinal);
        for (var i = 0; i < pending.Count; i++)
        {
            (open.TryGetValue(pending[i].CallId, out var places) ? places : open[pending[i].CallId] = new Queue<int>()).Enqueue(i);
        }

        return [.. results.Select(result => open.TryGetValue(result.CallId, out var places) && places.TryDequeue(out var place) ? place : -1)];
    }
}
