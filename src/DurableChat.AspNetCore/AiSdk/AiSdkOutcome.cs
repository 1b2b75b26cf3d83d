using System.Text.Json;
using DurableChat.Chats;

namespace DurableChat.AspNetCore.AiSdk;

/// <summary>What an earlier request made, as far as it is needed to find it again.</summary>
/// <param name="MessageId">The user message that came into the history.</param>
/// <param name="QueuedId">The message that waits in the queue, or did.</param>
/// <param name="PreviousId">
/// Of an edit: the message before the one that was edited. Whatever edits have made of that since comes after it, so
/// the newest is found without going through all that came between. Null if it is not known.
/// </param>
internal sealed record AiSdkOutcome(long? MessageId, long? QueuedId, long? PreviousId = null)
{
    /// <summary>What is stored of an edit.</summary>
    public static string OfEdit(Transition transition)
    {
        var response = CommandResponse.Of(transition);
        var previous = transition.Appended.LastOrDefault(message => message.Role == MessageRole.User)?.PreviousId;
        return JsonSerializer.Serialize(new AiSdkOutcome(response.MessageId, response.QueuedId, previous), AiSdkJson.Lenient.AiSdkOutcome);
    }

    /// <summary>Reads what is stored of an edit, and of any other command.</summary>
    public static AiSdkOutcome Read(string outcome) => JsonSerializer.Deserialize(outcome, AiSdkJson.Lenient.AiSdkOutcome)!;
}
