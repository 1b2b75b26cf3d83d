namespace DurableChat.Chats;

internal static class EditRules
{
    public static Decision Edit(Chat chat, EditMessage command, DecisionContext context)
    {
        Decision? refused = InputRules.CheckContent(command.Content, context.Limits) ?? SendRules.RefuseIfArchived(chat);
        if (refused is not null)
        {
            return refused;
        }

        if (command.Target is null || command.Target.Id > chat.LastMessageId)
        {
            return ChatRules.Refuse(RefusalCode.MessageNotFound, "The history has no such message.", "message_id");
        }

        if (command.Target.Role != MessageRole.User)
        {
            return ChatRules.Refuse(RefusalCode.NotAUserMessage, "Only user messages can be edited.", "message_id");
        }

        var draft = new TransitionDraft(chat, context.Now);
        draft.RemoveFrom(command.Target);

        // The sender of a queued message identifies it by its number in the queue, and may regenerate its answer more
        // than once.
        draft.AppendUser(command.Content, command.Model, command.Settings, command.Target.QueuedId);
        draft.StartTurn(command.ClaimBy);
        return draft.Accept();
    }
}
