using DurableChat.Chats;

namespace DurableChat.Tests.Chats;

/// <summary>
/// Every command, in every variant that the rules could tell apart, for the state that it is brought to.
/// </summary>
internal static class KnownCommands
{
    private static readonly ToolResultPart[] _results = [Given.Ok(Given.Call), Given.Ok(Given.SecondCall)];
    private static readonly ToolResultPart[] _some = [_results[1]];
    private static readonly ToolResultPart[] _unknown = [new("call-x", "ok")];
    private static readonly ToolResultPart[] _twice = [_results[0], _results[0]];
    private static readonly Answer _calling = Given.SayWithCall(new ToolCallPart("call-9", "look_up", "{}"));

    private static readonly Dictionary<string, Func<Chat, ChatCommand>> _ofTheOwner = new()
    {
        ["send"] = _ => new SendMessage("more"),
        ["send-interrupt"] = _ => new SendMessage("more", BusyBehavior.Interrupt),
        ["send-empty"] = _ => new SendMessage(" \n"),
        ["edit"] = _ => new EditMessage(Given.UserMessage(), "other"),
        ["edit-empty"] = _ => new EditMessage(Given.UserMessage(), string.Empty),
        ["edit-assistant"] = _ => new EditMessage(Given.UserMessage() with { Role = MessageRole.Assistant }, "other"),
        ["edit-missing"] = _ => new EditMessage(null, "other"),
        ["edit-beyond"] = chat => new EditMessage(Given.UserMessage(chat.LastMessageId + 1), "other"),
        ["delete/head"] = chat => new DeleteQueued(IdAt(chat, 0)),
        ["delete/last"] = chat => new DeleteQueued(IdAt(chat, ^1)),
        ["delete-unknown"] = _ => new DeleteQueued(77),
        ["promote/head"] = chat => new PromoteQueued(IdAt(chat, 0)),
        ["promote/last"] = chat => new PromoteQueued(IdAt(chat, ^1)),
        ["promote-unknown"] = _ => new PromoteQueued(77),
        ["interrupt"] = _ => new Interrupt(),
        ["submit-all"] = _ => new SubmitToolResults(_results),
        ["submit-some"] = _ => new SubmitToolResults(_some),
        ["submit-unknown"] = _ => new SubmitToolResults(_unknown),
        ["submit-twice"] = _ => new SubmitToolResults(_twice),
        ["submit-none"] = _ => new SubmitToolResults([]),
        ["archive"] = _ => new UpdateChat(Archived: true),
        ["unarchive"] = _ => new UpdateChat(Archived: false),
        ["rename"] = _ => new UpdateChat(Title: "another name"),
        ["rename-same"] = chat => new UpdateChat(Title: chat.Title),
        ["record-spending"] = chat => new RecordSpending(chat.Generation, "demo", new TokenUsage(1, 2)),
        ["rename-empty"] = _ => new UpdateChat(Title: " "),
        ["impossible"] = _ => new ImpossibleCommand(Given.NotAllowed),
        ["acquire"] = _ => new AcquireLease(Given.Other, HolderIsGone: false),
        ["acquire-gone"] = _ => new AcquireLease(Given.Other, HolderIsGone: true),
    };

    private static readonly Dictionary<string, Func<Chat, GenerationCommand>> _ofTheWorker = new()
    {
        ["record-attempt"] = chat => new RecordAttempt(Given.Token(chat), chat.Generation),
        ["record-retry"] = chat => new RecordRetry(Given.Token(chat), chat.Generation, Given.Error, 5, TimeSpan.FromSeconds(1)),
        ["step-answer"] = chat => new CommitStep(Given.Token(chat), chat.Generation) { Answer = _calling },
        ["step-results"] = chat => new CommitStep(Given.Token(chat), chat.Generation) { Results = _results },
        ["step-some"] = chat => new CommitStep(Given.Token(chat), chat.Generation) { Results = _some },
        ["step-unknown"] = chat => new CommitStep(Given.Token(chat), chat.Generation) { Results = _unknown },
        ["step-twice"] = chat => new CommitStep(Given.Token(chat), chat.Generation) { Results = _twice },
        ["enter-answer"] = chat => new EnterRequiresAction(Given.Token(chat), chat.Generation) { Answer = _calling },
        ["enter-calls"] = chat => new EnterRequiresAction(Given.Token(chat), chat.Generation),
        ["enter-some"] = chat => new EnterRequiresAction(Given.Token(chat), chat.Generation) { Results = _some },
        ["enter-results"] = chat => new EnterRequiresAction(Given.Token(chat), chat.Generation) { Results = _results },
        ["finish"] = Given.Finish,
        ["finish-calling"] = chat => new FinishTurn(Given.Token(chat), chat.Generation, _calling),
        ["finish-stop"] = chat => new FinishInterruption(Given.Token(chat), chat.Generation, Given.Say("half", FinishReason.Interrupted)),
        ["finish-stop-nothing"] = chat => new FinishInterruption(Given.Token(chat), chat.Generation, null),
        ["finish-stop-results"] = chat => new FinishInterruption(Given.Token(chat), chat.Generation, null) { Results = _some },
        ["finish-stop-unknown"] = chat => new FinishInterruption(Given.Token(chat), chat.Generation, null) { Results = _unknown },
        ["fail"] = Given.Fail,
        ["fail-results"] = chat => Given.Fail(chat) with { Results = _some },
        ["release"] = Given.Release,
        ["release-half"] = chat => new ReleaseLease(Given.Token(chat), chat.Generation, Given.Say("half", FinishReason.HandedOver)),
    };

    public static IReadOnlyDictionary<string, Func<Chat, ChatCommand>> All { get; } = Make();

    private static Dictionary<string, Func<Chat, ChatCommand>> Make()
    {
        var all = new Dictionary<string, Func<Chat, ChatCommand>>();
        foreach (var (name, make) in _ofTheOwner)
        {
            all.Add(name, make);
            if (make(Given.Running()) is TurnCommand)
            {
                // "promote+claim/head"
                all.Add(name.Contains('/') ? name.Replace("/", "+claim/", StringComparison.Ordinal) : $"{name}+claim", chat => (TurnCommand)make(chat) with { ClaimBy = Given.Other });
            }
        }

        foreach (var (name, make) in _ofTheWorker)
        {
            all.Add(name, make);
            all.Add($"{name}@old-token", chat => make(chat) with { Token = Given.Token(chat) - 1 });
            all.Add($"{name}@next-token", chat => make(chat) with { Token = Given.Token(chat) + 1 });
            all.Add($"{name}@old-generation", chat => make(chat) with { Generation = chat.Generation - 1 });
            all.Add($"{name}@next-generation", chat => make(chat) with { Generation = chat.Generation + 1 });
        }

        return all;
    }

    private static long IdAt(Chat chat, Index index) => chat.Queue.Count == 0 ? 77 : chat.Queue[index.GetOffset(chat.Queue.Count)].Id;
}
