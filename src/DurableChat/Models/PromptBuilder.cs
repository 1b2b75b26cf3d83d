using DurableChat.Chats;

namespace DurableChat.Models;

/// <summary>
/// Builds a model's prompt from a chat's history. Later prompts repeat earlier ones in the same place, because
/// providers cache by prefix, and some bind their reasoning to it. Pure.
/// </summary>
public static class PromptBuilder
{
    /// <summary>Asks the model to continue an answer that a shutdown cut off. Not part of the history.</summary>
    public const string ContinueInstruction =
        "Your answer above was cut off. Continue exactly where it stops. Do not repeat any of it and do not mention "
            + "the interruption.";

    /// <summary>Builds the prompt.</summary>
    /// <param name="history">A history that starts with a user message.</param>
    /// <param name="systemPrompt">Rules for the whole conversation. Null for none.</param>
    /// <param name="instructions">
    /// The hooks' instructions for the current turn, unless an answer of the turn already carries them. They are placed
    /// directly before the turn's question.
    /// </param>
    public static IReadOnlyList<PromptItem> Build(
        IReadOnlyList<Message> history,
        string? systemPrompt = null,
        IReadOnlyList<string>? instructions = null)
    {
        ArgumentNullException.ThrowIfNull(history);
        var prompt = new List<PromptItem>(history.Count + 2);
        if (!string.IsNullOrWhiteSpace(systemPrompt))
        {
            prompt.Add(new SystemItem(systemPrompt));
        }

        var lastWithoutReplay = LastRefusedReplay(history);
        var question = prompt.Count;
        for (var i = 0; i < history.Count; i++)
        {
            var message = history[i];
            switch (message.Role)
            {
                case MessageRole.User:
                    question = prompt.Count;
                    prompt.Add(new UserItem(message.Parts));
                    break;
                case MessageRole.Assistant:
                    prompt.InsertRange(
                        question, message.Instructions.Select(instruction => new InstructionItem(instruction)));
                    prompt.Add(new AssistantItem(i <= lastWithoutReplay ? message with { Replay = null } : message));
                    if (message.FinishReason == FinishReason.HandedOver)
                    {
                        prompt.Add(new UserItem([new TextPart(ContinueInstruction)]));
                    }

                    break;
                case MessageRole.Tool:
                    // Each result is committed as it arrives, but providers want the results of an answer together.
                    var results = new List<ToolResultPart>(message.Parts.OfType<ToolResultPart>());
                    for (; i + 1 < history.Count && history[i + 1].Role == MessageRole.Tool; i++)
                    {
                        results.AddRange(history[i + 1].Parts.OfType<ToolResultPart>());
                    }

                    prompt.Add(new ToolResultsItem(InOrderOfCalls(results, prompt)));
                    break;
            }
        }

        if (TakesInstructions(history))
        {
            prompt.InsertRange(question, (instructions ?? []).Select(instruction => new InstructionItem(instruction)));
        }

        return prompt;
    }

    /// <summary>True if no answer of the current turn carries the instructions of its hooks yet.</summary>
    public static bool TakesInstructions(IReadOnlyList<Message> history)
    {
        ArgumentNullException.ThrowIfNull(history);
        return history.Reverse()
            .TakeWhile(message => message.Role != MessageRole.User)
            .All(message => message.Instructions is []);
    }

    private static int LastRefusedReplay(IReadOnlyList<Message> history)
    {
        for (var i = history.Count - 1; i >= 0; i--)
        {
            if (history[i].Replay is { EndsEarlier: true })
            {
                return i - 1;
            }
        }

        return -1;
    }

    /// <summary>
    /// Matches results with calls by place: the first result with an id belongs to the first call with that id.
    /// </summary>
    private static List<ToolResultPart> InOrderOfCalls(List<ToolResultPart> results, List<PromptItem> prompt)
    {
        if (prompt.FindLast(item => item is AssistantItem) is not AssistantItem { Message.Parts: var parts })
        {
            return results;
        }

        var ordered = new List<ToolResultPart>(results.Count);
        foreach (var call in parts.OfType<ToolCallPart>())
        {
            if (results.FindIndex(result => result.CallId == call.CallId) is var at and >= 0)
            {
                ordered.Add(results[at]);
                results.RemoveAt(at);
            }
        }

        return [.. ordered, .. results];
    }
}
