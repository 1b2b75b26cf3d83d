using DurableChat.Chats;
using Microsoft.AspNetCore.Http;

namespace DurableChat.AspNetCore.Wire;

/// <summary>Reads the initial history of a new chat.</summary>
internal static class HistoryRequests
{
    /// <summary>Returns the problem with the history, or null.</summary>
    public static IResult? Read(IReadOnlyList<HistoryEntryRequest> requested, out IReadOnlyList<HistoryEntry> history)
    {
        var read = new List<HistoryEntry>(requested.Count);
        history = read;
        for (var i = 0; i < requested.Count; i++)
        {
            if (requested[i]?.Role is not { } role)
            {
                return Problems.Invalid($"history[{i}].role", "A message has a role.");
            }

            if (requested[i].Parts is not { } parts)
            {
                return Problems.Invalid($"history[{i}].parts", "A message has parts.");
            }

            read.Add(new HistoryEntry(role, parts)
            {
                CreatedAt = requested[i].CreatedAt,
                Model = requested[i].Model,
                Settings = requested[i].Settings,
                FinishReason = requested[i].FinishReason,
                Usage = requested[i].Usage,
            });
        }

        return null;
    }
}
