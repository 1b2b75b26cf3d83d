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
        draft.Choose(command.Model, command.Settings);
        if (draft.Next.Title == chat.Title && draft.Next.Archived == chat.Archived && !draft.ChangesSettings)
        {
            return new Decision.Unchanged();
        }

        if (chat.Archived && draft.Next is { Archived: false, Status: ChatStatus.Waiting, Queue.Count: > 0 })
        {
            // Runs what remained in the queue when the last turn ended.
            draft.EndTurn(command.ClaimBy);
        }

        return draft.Accept();
    }
}
