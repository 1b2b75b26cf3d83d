using DurableChat.ScaleTest.Checking;

namespace DurableChat.Lab.Chaos.Checking;

/// <summary>
/// The stored history is one that a model can be given: it begins with a question, every answer has its question, every
/// call its result, and no question two answers.
/// </summary>
internal static class TranscriptLaws
{
    public static void Check(RecordedChat chat, Findings findings)
    {
        var open = new List<string>();
        long previousId = 0;
        var previous = "";
        string? finish = null;
        foreach (var message in chat.Stored)
        {
            if (message.PreviousId != previousId || message.Id <= previousId)
            {
                findings.Add(
                    ViolationKind.Gap,
                    $"Stored message {message.Id} says that {message.PreviousId} is before it, but that is "
                        + $"{previousId}.");
            }

            if (message.Role == "tool")
            {
                foreach (var result in message.Results.Where(result => !open.Remove(result)))
                {
                    findings.Add(
                        ViolationKind.InvalidHistory,
                        $"Message {message.Id} has a result for call {result}, which is not open there.");
                }
            }
            else if (open.Count > 0)
            {
                findings.Add(
                    ViolationKind.InvalidHistory,
                    $"Message {message.Id} comes before the results of {string.Join(", ", open)}.");
                open.Clear();
            }

            if (message.Role == "assistant")
            {
                if (previous is not ("user" or "tool") && !(previous == "assistant" && finish == "handed_over"))
                {
                    findings.Add(
                        ViolationKind.InvalidHistory,
                        $"Answer {message.Id} has no question: before it is "
                            + $"{(previous.Length == 0 ? "nothing" : $"an answer that ended by {finish}")}.");
                }

                open.AddRange(message.Calls);
            }

            if (message.Role == "user"
                && previous == "user"
                && !chat.TurnsMayFail
                && !chat.Actions.Any(action => action.Action.CanStopTurn && action.MayBeDone))
            {
                findings.Add(
                    ViolationKind.InvalidHistory,
                    $"The question before message {message.Id} was never answered, and nobody stopped it.");
            }

            (previousId, previous, finish) = (message.Id, message.Role, message.FinishReason);
        }

        if (open.Count > 0 && chat.Final.Status != "requires_action")
        {
            findings.Add(
                ViolationKind.InvalidHistory,
                $"Calls {string.Join(", ", open)} have no results, and nobody is asked for them.");
        }

        if (chat.Stored.Count > 0 && chat.Stored[^1].Id != chat.Final.LastMessageId)
        {
            findings.Add(
                ViolationKind.Lost,
                $"The history ends with message {chat.Stored[^1].Id}, but the chat says {chat.Final.LastMessageId}.");
        }
    }
}
