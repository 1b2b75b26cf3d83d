using System.Text.Json;
using DurableChat.Chats;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>The result of an earlier request, as far as it is needed to find its message again.</summary>
/// <param name="MessageId">The user message that was added to the history.</param>
/// <param name="QueuedId">The message that was added to the queue, whether or not it still waits.</param>
/// <param name="PreviousId">
/// For an edit: the message before the edited one. Every later replacement comes after it, so the newest is found
/// without reading those in between. Null if it is not known.
/// </param>
internal sealed record AiSdkOutcome(long? MessageId, long? QueuedId, long? PreviousId = null)
{
    /// <summary>The stored outcome of an edit.</summary>
    public static string OfEdit(Transition transition)
    {
        var response = CommandResponse.Of(transition);
        var previous = transition.Appended.LastOrDefault(message => message.Role == MessageRole.User)?.PreviousId;
        return JsonSerializer.Serialize(
            new AiSdkOutcome(response.MessageId, response.QueuedId, previous), AiSdkJson.Lenient.AiSdkOutcome);
    }

    /// <summary>Reads the stored outcome of an edit or of any other command.</summary>
    public static AiSdkOutcome Read(string outcome) =>
        JsonSerializer.Deserialize(outcome, AiSdkJson.Lenient.AiSdkOutcome)!;
}
