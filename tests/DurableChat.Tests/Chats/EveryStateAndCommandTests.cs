using DurableChat.Chats;
using Xunit;

namespace DurableChat.Tests.Chats;

/// <summary>What every command does in every state. A pair without a cell is an error of the table.</summary>
public sealed class EveryStateAndCommandTests
{
    // W R I A E: accepted, and the status afterwards. =: unchanged. Else the refusal:
    // arch chat_archived, nomsg message_not_found, nouser not_a_user_message, noq queued_message_not_found, norun not_running,
    // noact no_action_required, nocall tool_call_not_found, wrong wrong_status, held lease_held, lost lease_lost.
    // 'running' and 'interrupting' have a queued message, 'tools' runs with a tool call pending, 'unowned' has no lease.
    private const string Table =
        """
        command             waiting  running  unowned  tools    interrupting  action   error    error+q  arch-wait  arch-run
        send                R        R        R        R        I             A        R        R        arch       arch
        send-interrupt      R        I        R        I        I             R        R        R        arch       arch
        edit                R        R        R        R        R             R        R        R        arch       arch
        edit-assistant      nouser   nouser   nouser   nouser   nouser        nouser   nouser   nouser   arch       arch
        edit-missing        nomsg    nomsg    nomsg    nomsg    nomsg         nomsg    nomsg    nomsg    arch       arch
        delete-queued       noq      R        noq      noq      I             noq      noq      E        noq        R
        promote             noq      I        noq      noq      =             noq      noq      R        arch       arch
        interrupt           norun    I        W        I        =             W        norun    norun    norun      I
        submit              noact    noact    noact    noact    noact         R        noact    noact    arch       arch
        submit-unknown      noact    noact    noact    noact    noact         nocall   noact    noact    arch       arch
        archive             W        R        R        R        I             A        E        E        =          =
        unarchive           =        =        =        =        =             =        =        =        W          R
        rename              W        R        R        R        I             A        E        E        W          R
        acquire             wrong    held     R        held     held          wrong    wrong    wrong    wrong      held
        acquire-gone        wrong    R        R        R        I             wrong    wrong    wrong    wrong      R
        record-attempt      lost     R        lost     R        wrong         lost     lost     lost     lost       R
        record-retry        lost     R        lost     R        wrong         lost     lost     lost     lost       R
        commit-step         lost     R        lost     wrong     wrong         lost     lost     lost     lost       R
        enter-action        lost     A        lost     wrong     wrong         lost     lost     lost     lost       A
        finish-turn         lost     R        lost     W        R             lost     lost     lost     lost       R
        finish-interruption lost     wrong    lost     wrong    R             lost     lost     lost     lost       wrong
        fail                lost     E        lost     E        wrong         lost     lost     lost     lost       E
        release             lost     R        lost     R        wrong         lost     lost     lost     lost       R
        """;

    private static readonly Dictionary<string, Func<Chat>> _states = new()
    {
        ["waiting"] = Given.Waiting,
        ["running"] = Given.Running,
        ["unowned"] = Given.Unowned,
        ["tools"] = Given.ToolsPending,
        ["interrupting"] = Given.Interrupting,
        ["action"] = Given.RequiresAction,
        ["error"] = Given.Failed,
        ["error+q"] = Given.FailedWithQueue,
        ["arch-wait"] = () => Given.Archived(Given.Waiting()),
        ["arch-run"] = () => Given.Archived(Given.Running()),
    };

    private static readonly Dictionary<string, Func<Chat, ChatCommand>> _commands = new()
    {
        ["send"] = _ => new SendMessage("more"),
        ["send-interrupt"] = _ => new SendMessage("more", BusyBehavior.Interrupt),
        ["edit"] = _ => new EditMessage(Given.UserMessage(), "other"),
        ["edit-assistant"] = _ => new EditMessage(Given.UserMessage() with { Role = MessageRole.Assistant }, "other"),
        ["edit-missing"] = _ => new EditMessage(null, "other"),
        ["delete-queued"] = _ => new DeleteQueued(1),
        ["promote"] = _ => new PromoteQueued(1),
        ["interrupt"] = _ => new Interrupt(),
        ["submit"] = _ => new SubmitToolResults([new ToolResultPart(Given.Call.CallId, "42")]),
        ["submit-unknown"] = _ => new SubmitToolResults([new ToolResultPart("call-x", "42")]),
        ["archive"] = _ => new UpdateChat(Archived: true),
        ["unarchive"] = _ => new UpdateChat(Archived: false),
        ["rename"] = _ => new UpdateChat(Title: "another name"),
        ["acquire"] = _ => new AcquireLease("replica-b", HolderIsGone: false),
        ["acquire-gone"] = _ => new AcquireLease("replica-b", HolderIsGone: true),
        ["record-attempt"] = chat => new RecordAttempt(Given.Token(chat), chat.Generation),
        ["record-retry"] = chat => new RecordRetry(Given.Token(chat), chat.Generation, Given.Error, 5, TimeSpan.FromSeconds(1)),
        ["commit-step"] = chat => new CommitStep(Given.Token(chat), chat.Generation) { Answer = Given.SayWithCall(new ToolCallPart("call-9", "x", "{}")) },
        ["enter-action"] = chat => new EnterRequiresAction(Given.Token(chat), chat.Generation) { Answer = Given.SayWithCall(new ToolCallPart("call-9", "x", "{}")) },
        ["finish-turn"] = chat => new FinishTurn(Given.Token(chat), chat.Generation, Given.Say("done")),
        ["finish-interruption"] = chat => new FinishInterruption(Given.Token(chat), chat.Generation, Given.Say("half", FinishReason.Interrupted)),
        ["fail"] = chat => new FailTurn(Given.Token(chat), chat.Generation, Given.Error),
        ["release"] = chat => new ReleaseLease(Given.Token(chat), chat.Generation, null),
    };

    public static TheoryData<string, string, string> Pairs()
    {
        var lines = Table.Split('\n').Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToArray();
        var pairs = new TheoryData<string, string, string>();
        foreach (var command in _commands.Keys)
        {
            var row = lines.Single(line => line[0] == command);
            foreach (var state in _states.Keys)
            {
                pairs.Add(command, state, row[Array.IndexOf(lines[0], state)]);
            }
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Command_in_state_has_the_outcome_of_the_table(string command, string state, string expected)
    {
        var chat = _states[state]();
        var made = _commands[command](chat);
        Assert.Equal(expected, Describe(ChatRules.Decide(chat, made, Given.Context)));
    }

    [Fact]
    public void The_table_knows_every_status_and_every_kind_of_command()
    {
        Assert.Equal(Enum.GetValues<ChatStatus>(), _states.Values.Select(state => state().Status).Distinct().Order());
        var kinds = typeof(ChatCommand).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(ChatCommand)) && !type.IsAbstract).ToHashSet();
        Assert.Equal(kinds, _commands.Values.Select(command => command(Given.Running()).GetType()).ToHashSet());
        Assert.Equal(_states.Count * _commands.Count, Pairs().Count);
    }

    [Theory]
    [InlineData("record-attempt")]
    [InlineData("record-retry")]
    [InlineData("commit-step")]
    [InlineData("enter-action")]
    [InlineData("finish-turn")]
    [InlineData("finish-interruption")]
    [InlineData("fail")]
    [InlineData("release")]
    public void A_worker_with_another_token_or_generation_is_refused_in_every_state(string command)
    {
        foreach (var (name, state) in _states)
        {
            var chat = state();
            var right = (GenerationCommand)_commands[command](chat);
            var isLeased = chat.Lease is not null;
            Assert.Equal("lost", Describe(ChatRules.Decide(chat, right with { Token = right.Token + 1 }, Given.Context)));
            Assert.Equal("lost", Describe(ChatRules.Decide(chat, right with { Token = right.Token - 1 }, Given.Context)));
            Assert.Equal(isLeased ? "stale" : "lost", Describe(ChatRules.Decide(chat, right with { Generation = right.Generation - 1 }, Given.Context)));
            Assert.True(isLeased || name is not "running", name);
        }
    }

    [Fact]
    public void Only_commands_of_a_worker_are_fenced_and_all_of_them_are()
    {
        foreach (var state in _states.Values)
        {
            foreach (var command in _commands.Values)
            {
                var chat = state();
                var made = command(chat);
                if (ChatRules.Decide(chat, made, Given.Context) is Decision.Accepted { Transition: var transition })
                {
                    Assert.Equal((made as LeasedCommand)?.Token, transition.FencingToken);
                }
            }
        }
    }

    private static string Describe(Decision decision) => decision switch
    {
        Decision.Accepted { Transition.Next.Status: ChatStatus.RequiresAction } => "A",
        Decision.Accepted accepted => accepted.Transition.Next.Status.ToString()[..1],
        Decision.Unchanged => "=",
        Decision.Refused { Refusal.Code: var code } => code switch
        {
            RefusalCode.ChatArchived => "arch",
            RefusalCode.MessageNotFound => "nomsg",
            RefusalCode.NotAUserMessage => "nouser",
            RefusalCode.QueuedMessageNotFound => "noq",
            RefusalCode.NotRunning => "norun",
            RefusalCode.NoActionRequired => "noact",
            RefusalCode.ToolCallNotFound => "nocall",
            RefusalCode.WrongStatus => "wrong",
            RefusalCode.LeaseHeld => "held",
            RefusalCode.LeaseLost => "lost",
            RefusalCode.StaleGeneration => "stale",
            _ => code.ToString(),
        },
        _ => "?",
    };
}
