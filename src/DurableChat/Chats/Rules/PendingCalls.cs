namespace DurableChat.Chats;

/// <summary>Matches tool results with pending calls, and ends calls that get none. Pure.</summary>
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

    /// <summary>
    /// For each pending call, the result that it gets if it has none: the reason, and whether it may have had effects.
    /// </summary>
    /// <param name="chat">The chat with the calls.</param>
    /// <param name="reason">Why the calls get no result.</param>
    /// <param name="notBegun">Places of calls that are known not to have started.</param>
    public static ToolResultPart[] Ends(Chat chat, string reason, IReadOnlyList<int> notBegun)
    {
        // Only server-side calls need to say whether they may have run: the client knows about its own.
        var isClients = chat.Status == ChatStatus.RequiresAction;
        var (places, neverBegan) = (chat.OriginOfCalls.Places, notBegun.ToHashSet());
        return [.. chat.PendingToolCalls.Select((call, index) => new ToolResultPart(
            call.CallId,
            isClients ? reason
            : neverBegan.Contains(places[index]) ? reason + CancellationReasons.DidNotRun
            : reason + CancellationReasons.MayHaveRun,
            IsError: true))];
    }
}
