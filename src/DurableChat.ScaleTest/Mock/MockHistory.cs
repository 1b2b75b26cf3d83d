using System.Text.Json;

namespace DurableChat.ScaleTest.Mock;

/// <summary>
/// What providers refuse in a history: it begins with a user, every tool call has its result before anybody speaks
/// again, no result is without its call, and it ends with something to answer.
/// </summary>
/// <remarks>Source: OpenAI API reference, "Chat completions" and "Responses".</remarks>
internal static class MockHistory
{
    /// <summary>
    /// Finds what is wrong with the messages of a chat completions request or the input of a Responses request; null if
    /// nothing is.
    /// </summary>
    public static string? FindFault(JsonElement input)
    {
        if (input.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var open = new List<string>();
        var (hasBegun, isAnswer) = (false, false);
        foreach (var (at, item) in input.EnumerateArray().Index())
        {
            var role = MockRequest.Text(item, "role");
            var type = MockRequest.Text(item, "type");
            if (role is "system" or "developer")
            {
                continue;
            }

            if (role == "tool" || type == "function_call_output")
            {
                var id = MockRequest.Text(item, role == "tool" ? "tool_call_id" : "call_id") ?? "";
                isAnswer = false;
                if (!open.Remove(id))
                {
                    return $"item {at} is a result of call '{id}', which is not open there";
                }

                continue;
            }

            if (type == "function_call")
            {
                open.Add(MockRequest.Text(item, "call_id") ?? "");
                isAnswer = true;
                continue;
            }

            if (open.Count > 0)
            {
                return $"item {at} of a {role} comes before the result of call '{open[0]}'";
            }

            if (!hasBegun && role != "user")
            {
                return $"it begins with a message of the {role}";
            }

            (hasBegun, isAnswer) = (true, role == "assistant");
            if (MockRequest.Member(item, "tool_calls") is { ValueKind: JsonValueKind.Array } calls)
            {
                open.AddRange(calls.EnumerateArray().Select(call => MockRequest.Text(call, "id") ?? ""));
            }
        }

        return open.Count > 0 ? $"call '{open[0]}' has no result"
            : isAnswer ? "it ends with an answer"
            : null;
    }

    /// <summary>How servers ask for the rest of an answer that a shutdown cut off: no question of its own.</summary>
    public const string Continuation = "Your answer above was cut off.";

    /// <summary>The text of the newest user message that asks something; empty if there is none.</summary>
    public static string FindQuestion(JsonElement input)
    {
        if (input.ValueKind != JsonValueKind.Array)
        {
            return input.ValueKind == JsonValueKind.String ? input.GetString()! : "";
        }

        return input.EnumerateArray().Where(item => MockRequest.Text(item, "role") == "user").Select(TextOf)
            .LastOrDefault(text => !text.StartsWith(Continuation, StringComparison.Ordinal), "");
    }

    private static string TextOf(JsonElement message) =>
        MockRequest.Text(message, "content")
            ?? (MockRequest.Member(message, "content") is { ValueKind: JsonValueKind.Array } parts
                ? string.Concat(parts.EnumerateArray().Select(part => MockRequest.Text(part, "text")))
                : "");
}
