namespace DurableChat.Chats;

internal static class TitleAndArchiveRules
{
    public static Decision SetArchived(Chat chat, bool archived, DecisionContext context)
    {
        if (chat.Archived == archived)
        {
            return new Decision.Unchanged();
        }

        var draft = new TransitionDraft(chat, context.Now);
        draft.Next = draft.Next with { Archived = archived };
        return draft.Accept();
    }

    public static Decision Rename(Chat chat, Rename command, DecisionContext context)
    {
        if (InputRules.CheckTitle(command.Title, context.Limits) is { } refused)
        {
            return refused;
        }

        if (chat.Title == command.Title)
        {
            return new Decision.Unchanged();
        }

        var draft = new TransitionDraft(chat, context.Now);
        draft.Next = draft.Next with { Title = command.Title };
        return draft.Accept();
    }
}
