using DurableChat.Chats;
using DurableChat.Hooks;

namespace Samples.Tools;

/// <summary>Refuses a turn, or tells the model something that only this application knows.</summary>
public sealed class PolitenessHook : ITurnHook
{
    public ValueTask<TurnDecision> BeforeTurnAsync(TurnContext turn, CancellationToken cancellationToken)
    {
        var question = turn.History.Last(message => message.Role == MessageRole.User);
        var isShouted = question.Parts.OfType<TextPart>()
            .Any(part => part.Text.All(character => !char.IsLower(character)));
        return new(isShouted
            ? TurnDecision.Refuse("Please do not shout.", "impolite")
            : TurnDecision.ContinueWith($"You talk to {turn.Chat.Owner}."));
    }
}
