using DurableChat.Chats;
using Xunit;

namespace DurableChat.Tests.Chats;

/// <summary>What refusals say: people read the sentence, and forms mark the field.</summary>
public sealed class RefusalTests
{
    private static readonly (RefusalCode Code, string Sentence, string? Field)[] _sentences =
    [
        (RefusalCode.InvalidField, "The message is empty.", "content"),
        (RefusalCode.InvalidField, "There are no results.", "results"),
        (RefusalCode.InvalidField, "The title is empty.", "title"),
        (RefusalCode.SettingNotAllowed, "It lets them choose no setting.", "settings.seed"),
        (RefusalCode.ChatArchived, "The chat is archived. Unarchive it first.", null),
        (RefusalCode.QueueFull, "The queue already holds 3 messages, the most it may.", null),
        (RefusalCode.MessageNotFound, "The history has no such message.", "message_id"),
        (RefusalCode.NotAUserMessage, "Only user messages can be edited.", "message_id"),
        (RefusalCode.QueuedMessageNotFound, "The queue has no such message.", "queued_id"),
        (RefusalCode.NotRunning, "There is no turn to stop.", null),
        (RefusalCode.NoActionRequired, "The chat does not wait for tool results.", null),
        (RefusalCode.NoActionRequired, "No tool call is left to wait for.", null),
        (RefusalCode.ToolCallNotFound, "A result belongs to no pending tool call.", null),
        (RefusalCode.ToolCallNotFound, "No pending tool call has this id, or it is answered twice.", "results[0].call_id"),
        (RefusalCode.ToolCallNotFound, "No pending tool call has this id, or it is answered twice.", "results[1].call_id"),
        (RefusalCode.WrongStatus, "The chat is Waiting.", null),
        (RefusalCode.WrongStatus, "The chat is RequiresAction.", null),
        (RefusalCode.WrongStatus, "The chat is Error.", null),
        (RefusalCode.WrongStatus, "The chat is Interrupting.", null),
        (RefusalCode.WrongStatus, "Nobody asked for an interruption.", null),
        (RefusalCode.WrongStatus, "Tool calls are pending: their results come before the next answer.", null),
        (RefusalCode.LeaseHeld, "Another worker drives the chat.", null),
        (RefusalCode.LeaseLost, "The lease is lost.", null),
        (RefusalCode.StaleGeneration, "The failure is recorded.", null),
        (RefusalCode.StaleGeneration, "The generation is over.", null),
    ];

    [Fact]
    public void Whatever_is_refused_in_any_state_is_refused_in_one_of_these_sentences()
    {
        var said = from command in KnownCommands.All.Values
                   from chat in KnownState.All.Values
                   let refused = chat.Decide(command(chat)) as Decision.Refused
                   where refused is not null
                   select (refused.Refusal.Code, refused.Refusal.Message, refused.Refusal.Field);
        Assert.Equal(_sentences.Order(), said.Distinct().Order());
    }

    [Theory]
    [InlineData("xxxxx", "The title is longer than 4 characters.")]
    [InlineData("a\nb", "The title has control characters.")]
    public void A_title_is_refused_with_the_reason(string title, string sentence) =>
        Assert.Equal(
            new Refusal(RefusalCode.InvalidField, sentence, "title"),
            Given.Refuse(ChatRules.Decide(Given.Waiting(), new UpdateChat(title), new DecisionContext(Given.Now, new ChatLimits { MaxTitleLength = 4 }))));

    [Fact]
    public void Tools_are_refused_with_the_reason()
    {
        var pick = new ClientTool("pick", "x", "{}");
        Assert.Equal("A chat can declare at most 2 client-side tools.", SentenceOn(pick, pick with { Name = "b" }, pick with { Name = "c" }));
        Assert.Equal("A tool's name has 1 to 64 letters, digits, '_' or '-'.", SentenceOn(pick with { Name = " " }));
        Assert.Equal("Two tools are named 'pick'.", SentenceOn(pick, pick));
        Assert.Equal("The tool's description and schema are larger than 3 bytes.", SentenceOn(pick with { Description = "xx" }));
    }

    [Fact]
    public void Nothing_is_decided_about_nothing()
    {
        Assert.Throws<ArgumentNullException>("command", () => ChatRules.Decide(null!, Given.Context));
        Assert.Throws<ArgumentNullException>("chat", () => ChatRules.Decide(null!, new Interrupt(), Given.Context));
        Assert.StartsWith("Unknown command.", Assert.Throws<ArgumentOutOfRangeException>("command", () => Given.Running().Decide(null!)).Message, StringComparison.Ordinal);
        var unknown = Given.Running() with { Status = (ChatStatus)99 };
        var error = Assert.Throws<ArgumentOutOfRangeException>("chat", () => unknown.Decide(new SendMessage("more")));
        Assert.StartsWith("Unknown status.", error.Message, StringComparison.Ordinal);
    }

    private static string SentenceOn(params ClientTool[] tools) =>
        Given.Refuse(ChatRules.Decide(Given.Create() with { ClientTools = tools }, new DecisionContext(Given.Now, new ChatLimits { MaxClientTools = 2, MaxClientToolBytes = 3 }))).Message;
}
