using System.Text.RegularExpressions;
using DurableChat.Chats;
using Xunit;

namespace DurableChat.Tests.Chats;

/// <summary>
/// What every command does in every state. A pair without a cell is an error of the table, and so is a row without a
/// pair.
/// </summary>
public sealed class EveryStateAndCommandTests
{
    // W R I A E: accepted, and the status afterwards; with '=' the lease goes on, with '+' the replica that asks gets a
    // new one, alone there is none.
    // '-': unchanged. Else the refusal: field invalid_field, arch chat_archived, full queue_full, nomsg
    // message_not_found, nouser not_a_user_message,
    // noq queued_message_not_found, norun not_running, noact no_action_required, nocall tool_call_not_found, wrong
    // wrong_status, held lease_held,
    // lost lease_lost, stale stale_generation, allow setting_not_allowed. 'a/b/c': with an empty queue, some messages
    // in it, a full one. A row with one cell has it in every column.
    private const string InUse =
        """
        command                waiting  running     unowned     retrying    tools       tools-unowned  stopping    stopping-tools  action    error
        send                   R        R=/R=/full  R/R/full    R=/R=/full  R=/R=/full  R/R/full       I=/I=/full  I=/I=/full      A/A/full  R
        send+claim             R+       R=/R=/full  R/R/full    R=/R=/full  R=/R=/full  R/R/full       I=/I=/full  I=/I=/full      A/A/full  R+
        send-interrupt         R        I=/I=/full  R/R/full    I=/I=/full  I=/I=/full  R/R/full       I=/I=/full  I=/I=/full      R         R
        send-interrupt+claim   R+       I=/I=/full  R+/R+/full  I=/I=/full  I=/I=/full  R+/R+/full     I=/I=/full  I=/I=/full      R+        R+
        send-empty*            field
        edit                   R
        edit+claim             R+
        edit-empty*            field
        edit-assistant*        nouser
        edit-missing*          nomsg
        edit-beyond*           nomsg
        delete/*               noq/W/W  noq/R=/R=   noq/R/R     noq/R=/R=   noq/R=/R=   noq/R/R        noq/I=/I=   noq/I=/I=       noq/A/A   noq/E/E
        delete-unknown         noq
        promote/*              noq      noq/I=/I=   noq/R/R     noq/I=/I=   noq/I=/I=   noq/R/R        noq/I=/I=   noq/I=/I=       noq/R/R   noq/R/R
        promote+claim/*        noq      noq/I=/I=   noq/R+/R+   noq/I=/I=   noq/I=/I=   noq/R+/R+      noq/I=/I=   noq/I=/I=       noq/R+/R+ noq/R+/R+
        promote-unknown*       noq
        interrupt              norun    I=          W/R/R       I=          I=          W/R/R          -           -               W/R/R     norun
        interrupt+claim        norun    I=          W/R+/R+     I=          I=          W/R+/R+        -           -               W/R+/R+   norun
        submit-all             noact    noact       noact       noact       noact       noact          noact       noact           R         noact
        submit-all+claim       noact    noact       noact       noact       noact       noact          noact       noact           R+        noact
        submit-some*           noact    noact       noact       noact       noact       noact          noact       noact           A         noact
        submit-unknown*        noact    noact       noact       noact       noact       noact          noact       noact           nocall    noact
        submit-twice*          noact    noact       noact       noact       noact       noact          noact       noact           nocall    noact
        submit-none*           noact    noact       noact       noact       noact       noact          noact       noact           field     noact
        archive*               W        R=          R           R=          R=          R              I=          I=              A         E
        unarchive*             -
        rename*                W        R=          R           R=          R=          R              I=          I=              A         E
        rename-same*           -
        rename-empty*          field
        impossible             allow
        acquire                wrong    held        R+          held        held        R+             held        held            wrong     wrong
        acquire-gone           wrong    R+          R+          R+          R+          R+             I+          I+              wrong     wrong
        record-attempt         lost     R=          lost        R=          R=          lost           wrong       wrong           lost      lost
        record-retry           lost     R=          lost        stale       R=          lost           wrong       wrong           lost      lost
        record-spending*       -
        step-answer            lost     R=          lost        R=          wrong       lost           wrong       wrong           lost      lost
        step-results           lost     nocall      lost        nocall      R=          lost           wrong       wrong           lost      lost
        step-some              lost     nocall      lost        nocall      R=          lost           wrong       wrong           lost      lost
        step-unknown           lost     nocall      lost        nocall      nocall      lost           wrong       wrong           lost      lost
        step-twice             lost     nocall      lost        nocall      nocall      lost           wrong       wrong           lost      lost
        enter-answer           lost     A           lost        A           wrong       lost           wrong       wrong           lost      lost
        enter-calls            lost     noact       lost        noact       A           lost           wrong       wrong           lost      lost
        enter-some             lost     nocall      lost        nocall      A           lost           wrong       wrong           lost      lost
        enter-results          lost     nocall      lost        nocall      noact       lost           wrong       wrong           lost      lost
        finish                 lost     W/R=/R=     lost        W/R=/R=     W/R=/R=     lost           W/R=/R=     W/R=/R=         lost      lost
        finish-calling         lost     W/R=/R=     lost        W/R=/R=     W/R=/R=     lost           W/R=/R=     W/R=/R=         lost      lost
        finish-stop            lost     wrong       lost        wrong       wrong       lost           W/R=/R=     W/R=/R=         lost      lost
        finish-stop-nothing    lost     wrong       lost        wrong       wrong       lost           W/R=/R=     W/R=/R=         lost      lost
        finish-stop-results    lost     wrong       lost        wrong       wrong       lost           nocall      W/R=/R=         lost      lost
        finish-stop-unknown    lost     wrong       lost        wrong       wrong       lost           nocall      nocall          lost      lost
        fail-results           lost     nocall      lost        nocall      E           lost           wrong       wrong           lost      lost
        fail                   lost     E           lost        E           E           lost           wrong       wrong           lost      lost
        release                lost     R           lost        R           R           lost           wrong       wrong           lost      lost
        release-half           lost     R           lost        R           R           lost           wrong       wrong           lost      lost
        *@old-token            lost
        *@next-token           lost
        *@old-generation       lost     stale       lost        stale       stale       lost           stale       stale           lost      lost
        *@next-generation      lost     stale       lost        stale       stale       lost           stale       stale           lost      lost
        """;

    /// <summary>
    /// An archived chat takes nothing new, but what runs ends as usual, and it can be stopped, emptied, renamed and
    /// brought back. Its queue rests until then.
    /// </summary>
    private const string Archived =
        """
        command                waiting  running     unowned     retrying    tools       tools-unowned  stopping    stopping-tools  action    error
        send                   arch
        send+claim             arch
        send-interrupt         arch
        send-interrupt+claim   arch
        send-empty*            field
        edit                   arch
        edit+claim             arch
        edit-empty*            field
        edit-assistant*        arch
        edit-missing*          arch
        edit-beyond*           arch
        promote*               arch
        submit*                arch
        archive*               -
        unarchive              W/R/R    R=          R           R=          R=          R              I=          I=              A         E
        unarchive+claim        W/R+/R+  R=          R           R=          R=          R              I=          I=              A         E
        interrupt*             norun    I=          W           I=          I=          W              -           -               W         norun
        finish                 lost     W           lost        W           W           lost           W           W               lost      lost
        finish-calling         lost     W           lost        W           W           lost           W           W               lost      lost
        finish-stop            lost     wrong       lost        wrong       wrong       lost           W           W               lost      lost
        finish-stop-nothing    lost     wrong       lost        wrong       wrong       lost           W           W               lost      lost
        finish-stop-results    lost     wrong       lost        wrong       wrong       lost           nocall      W               lost      lost
        *                      as-in-use
        """;

    private static readonly string[] _queues = ["empty", "some", "full"];
    private static readonly string[][] _inUse = Rows(InUse);
    private static readonly string[][] _archived = Rows(Archived);

    public static TheoryData<string> Commands() => [.. KnownCommands.All.Keys];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Command_has_the_outcome_of_the_table_in_every_state(string command)
    {
        var wrong = from known in KnownState.All
                    let expected = Cell(command, known.Key)
                    let actual = Describe(known.Value, KnownCommands.All[command](known.Value))
                    where actual != expected
                    select $"{known.Key}: {actual} instead of {expected}";
        Assert.Empty(wrong);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Command_leads_to_no_state_that_the_table_does_not_know(string command)
    {
        foreach (var chat in KnownState.All.Values)
        {
            if (chat.Decide(KnownCommands.All[command](chat)) is Decision.Accepted { Transition.Next: var next })
            {
                Assert.Contains(KnownState.Of(next), KnownState.All.Keys);
            }
        }
    }

    [Fact]
    public void The_states_are_what_they_are_called() =>
        Assert.All(KnownState.All, known => Assert.Equal(known.Key, KnownState.Of(known.Value)));

    [Fact]
    public void The_table_knows_every_status_every_kind_of_command_and_every_refusal()
    {
        // Of one that is unknown no command is taken: see LaterVersionTests.
        Assert.Equal(Enum.GetValues<ChatStatus>().Except([ChatStatus.Unknown]), KnownState.All.Values.Select(chat => chat.Status).Distinct().Order());
        var kinds = typeof(ChatCommand).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(ChatCommand)) && !type.IsAbstract).ToHashSet();
        Assert.Equal(kinds, KnownCommands.All.Values.Select(command => command(Given.Running()).GetType()).ToHashSet());
        var refusals = from command in KnownCommands.All.Values
                       from chat in KnownState.All.Values
                       let refused = chat.Decide(command(chat)) as Decision.Refused
                       where refused is not null
                       select refused.Refusal.Code;

        // How many chats an owner has, the store counts in the commit. What a model allows is known where the command
        // is made.
        RefusalCode[] others = [RefusalCode.TooManyChats, RefusalCode.OwnerMemoryFull, RefusalCode.SettingOutOfBounds];
        Assert.Equal(Enum.GetValues<RefusalCode>().Except(others), refusals.Distinct().Order());
    }

    [Fact]
    public void Every_row_of_the_table_has_a_command_and_a_cell_for_every_state()
    {
        foreach (var table in (string[][][])[_inUse, _archived])
        {
            Assert.Equal(["command", .. KnownState.Shapes], table[0]);
            Assert.All(table[1..], row => Assert.True(row.Length == 2 || row.Length == table[0].Length, string.Join(' ', row)));
            var used = KnownCommands.All.Keys.Select(command => Row(table, command)[0]).ToHashSet();
            Assert.Equal(table[1..].Select(row => row[0]).Order(), used.Order());
        }
    }

    [Fact]
    public void Only_commands_of_a_worker_are_fenced_and_all_of_them_are()
    {
        foreach (var chat in KnownState.All.Values)
        {
            foreach (var command in KnownCommands.All.Values.Select(make => make(chat)))
            {
                if (chat.Decide(command) is Decision.Accepted { Transition: var transition })
                {
                    Assert.Equal((command as LeasedCommand)?.Token, transition.FencingToken);
                }
            }
        }
    }

    [Fact]
    public void A_command_of_no_known_kind_is_an_error_of_the_program() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Given.Running().Decide(null!));

    private static string Cell(string command, KnownState state)
    {
        var row = Row(state.Archived ? _archived : _inUse, command);
        if (row[1] == "as-in-use")
        {
            row = Row(_inUse, command);
        }

        var cells = row[row.Length == 2 ? 1 : Array.IndexOf(_inUse[0], state.Shape)].Split('/');
        return cells[cells.Length == 1 ? 0 : Array.IndexOf(_queues, state.Queue)];
    }

    /// <summary>The row that names the command, else the most specific pattern that fits it.</summary>
    private static string[] Row(string[][] table, string command) =>
        Array.Find(table, row => row[0] == command)
        ?? table.Where(row => Regex.IsMatch(command, $"^{Regex.Escape(row[0]).Replace(@"\*", ".*", StringComparison.Ordinal)}$")).MaxBy(row => row[0].Length)
        ?? throw new InvalidOperationException($"The table has no row for '{command}'.");

    private static string[][] Rows(string table) =>
        [.. table.Split('\n').Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))];

    private static string Describe(Chat before, ChatCommand command) => before.Decide(command) switch
    {
        Decision.Accepted { Transition.Next: var next } => StatusOf(next) + LeaseOf(before, command, next),
        Decision.Unchanged => "-",
        Decision.Refused { Refusal.Code: var code } => CodeOf(code),
        _ => "?",
    };

    private static string StatusOf(Chat next) => next.Status == ChatStatus.RequiresAction ? "A" : next.Status.ToString()[..1];

    private static string LeaseOf(Chat before, ChatCommand command, Chat next)
    {
        var asks = (command as TurnCommand)?.ClaimBy ?? (command as AcquireLease)?.Replica;
        return next.Lease is null ? string.Empty
            : next.Lease == before.Lease ? "="
            : next.Lease == new Lease(asks ?? "nobody", before.LeaseToken + 1) ? "+"
            : next.Lease.ToString();
    }

    private static string CodeOf(RefusalCode code) => code switch
    {
        RefusalCode.InvalidField => "field",
        RefusalCode.ChatArchived => "arch",
        RefusalCode.QueueFull => "full",
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
        RefusalCode.SettingNotAllowed => "allow",
        _ => code.ToString(),
    };
}
