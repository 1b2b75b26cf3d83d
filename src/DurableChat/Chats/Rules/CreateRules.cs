namespace DurableChat.Chats;

internal static class CreateRules
{
    private const int DerivedTitleLength = 60;

    public static Decision Create(CreateChat command, DecisionContext context)
    {
        Decision? refused = (command.Content is null && command.History.Count > 0 ? null : InputRules.CheckContent(command.Content ?? string.Empty, context.Limits))
            ?? HistoryRules.Check(command.History, context.Limits)
            ?? (command.Title is { } given ? InputRules.CheckTitle(given, context.Limits) : null)
            ?? InputRules.CheckClientTools(command.ClientTools, context.Limits);
        if (refused is not null)
        {
            return refused;
        }

        var draft = new TransitionDraft(
            new Chat
            {
                Id = command.Id,
                Owner = command.Owner,
                Title = command.Title ?? DeriveTitle(FirstWords(command), context.Limits),
                Model = command.Model,
                Settings = GenerationSettings.OrNull(command.Settings),
                Status = ChatStatus.Waiting,
                Version = 0,
                Epoch = command.FirstEpoch,
                ClientTools = command.ClientTools,
                CreatedAt = context.Now,
                UpdatedAt = context.Now,
            },
            context.Now);
        draft.AppendHistory(command.History);
        if (command.Content is not null)
        {
            draft.AppendUser(command.Content, null, command.MessageSettings ?? command.Settings);
            draft.StartTurn(command.ClaimBy);
        }

        var accepted = draft.Accept();
        return context.Limits.MaxChatsPerOwner == 0
            ? accepted
            : accepted with { Transition = accepted.Transition with { MaxChatsOfOwner = context.Limits.MaxChatsPerOwner } };
    }

    private static string FirstWords(CreateChat command) =>
        command.History is [var first, ..] ? string.Join(' ', first.Parts.OfType<TextPart>().Select(part => part.Text)) : command.Content!;

    private static string DeriveTitle(string content, ChatLimits limits)
    {
        var visible = string.Concat(content.Select(c => char.IsControl(c) ? ' ' : c));
        var clean = string.Join(' ', visible.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var length = Math.Min(DerivedTitleLength, limits.MaxTitleLength);
        if (clean.Length <= length)
        {
            return clean.Length == 0 ? "Chat" : clean;
        }

        return $"{TextCut.Start(clean, length - 1).TrimEnd()}…";
    }
}
