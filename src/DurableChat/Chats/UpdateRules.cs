namespace DurableChat.Chats;

internal static class UpdateRules
{
    public static Decision Update(Chat chat, UpdateChat command, DecisionContext context)
    {
        if (command.Title is { } title && InputRules.CheckTitle(title, context.Limits) is { } refused)
        {
            return refused;
        }

        var draft = new TransitionDraft(chat, context.Now);
        draft.Next = draft.Next with { Title = command.Title ?? chat.Title, Archived = command.Archived ?? chat.Archived };
        return draft.Next.Title == chat.Title && draft.Next.Archived == chat.Archived ? new Decision.Unchanged() : draft.Accept();
    }
}
