using DurableChat.Chats;
using Xunit;

namespace DurableChat.Tests.Chats;

/// <summary>New chats that begin with a history.</summary>
public sealed class HistoryTests
{
    private static readonly HistoryEntry _question = new(MessageRole.User, [new TextPart("hello")]);
    private static readonly HistoryEntry _answer = new(MessageRole.Assistant, [new ReasoningPart("hm"), new TextPart("hi")]);
    private static readonly HistoryEntry _call = new(MessageRole.Assistant, [Given.Call]);
    private static readonly HistoryEntry _result = new(MessageRole.Tool, [Given.Ok(Given.Call)]);

    [Fact]
    public void With_a_history_alone_a_chat_waits()
    {
        var created = Given.Accept(Decide(null, _question, _call, _result, _answer with { Model = "old", FinishReason = FinishReason.Length, CreatedAt = Given.Now.AddDays(-1) }));
        Assert.Equal((ChatStatus.Waiting, 1, 4, 4, 2), (created.Next.Status, created.Next.Version, created.Next.LastMessageId, created.Next.LastAssignedId, created.Next.Generation));
        Assert.Equal([0L, 1, 2, 3], created.Appended.Select(message => message.PreviousId));
        Assert.Equal([0L, 1, 0, 2], created.Appended.Select(message => message.Generation));
        Assert.Equal([null, FinishReason.ToolCalls, null, FinishReason.Length], created.Appended.Select(message => message.FinishReason));
        Assert.Equal([null, "demo", null, "old"], created.Appended.Select(message => message.Model));
        Assert.Equal([Given.Now, Given.Now, Given.Now, Given.Now.AddDays(-1)], created.Appended.Select(message => message.CreatedAt));
        Assert.Equal("hello", created.Next.Title);
        Assert.Empty(created.Next.PendingToolCalls);
    }

    [Fact]
    public void With_a_message_after_it_a_chat_runs_in_a_generation_of_its_own()
    {
        var created = Given.Accept(Decide("go on", _question, _answer));
        Assert.Equal((ChatStatus.Running, 3, 2), (created.Next.Status, created.Next.LastMessageId, created.Next.Generation));
        Assert.Equal("go on", created.Appended[2].Text());
    }

    [Fact]
    public void A_time_to_come_is_now() => Assert.Equal(Given.Now, Given.Accept(Decide(null, _question with { CreatedAt = Given.Now.AddDays(1) })).Appended[0].CreatedAt);

    [Fact]
    public void What_no_chat_could_have_come_to_have_is_refused()
    {
        Refuses("content");
        Refuses("history[0].role", _answer);
        Refuses("history[1]", _question, _call);
        Refuses("history[1]", _question, _call, _question);
        Refuses("history[2].parts[0].call_id", _question, _answer, _result);
        Refuses("history[1].parts[1].call_id", _question, new HistoryEntry(MessageRole.Assistant, [Given.Call, Given.Call]));
        Refuses("history[0].parts", new HistoryEntry(MessageRole.User, []));
        Refuses("history[0].parts[0]", new HistoryEntry(MessageRole.User, [Given.Call]));
        Refuses("history[0].parts[0]", new HistoryEntry(MessageRole.User, [new TextPart(null!)]));
        Refuses("history[0].parts[0]", new HistoryEntry(MessageRole.User, [new TextPart(new string('x', 300_000))]));
        Refuses("history[0]", _question with { FinishReason = FinishReason.Stop });
        Refuses("history[2].model", _question, _call, _result with { Model = "demo" });
        Refuses("history", [.. Enumerable.Repeat(_question, 10_001)]);
    }

    [Fact]
    public void An_answer_may_have_all_that_providers_give()
    {
        MessagePart[] parts =
        [
            new ProviderToolPart("web_search", "weather"),
            new TextPart("rain"),
            new SourcePart("https://example.com/", "Weather"),
            new SourcePart("https://example.com/"),
            new FilePart("image/png", "aGk="),
            new RefusalPart("no more"),
        ];
        var created = Given.Accept(Decide(null, _question, new HistoryEntry(MessageRole.Assistant, parts)));
        Assert.Equal(parts, created.Appended[1].Parts);
    }

    [Theory]
    [InlineData(FinishReason.Length)]
    [InlineData(FinishReason.ContentFilter)]
    public void An_answer_that_ended_before_its_first_word_has_no_parts(FinishReason reason)
    {
        var empty = new HistoryEntry(MessageRole.Assistant, []) { FinishReason = reason };
        var created = Given.Accept(Decide("again", _question, empty));
        Assert.Equal((reason, 0), (created.Appended[1].FinishReason, created.Appended[1].Parts.Count));
        Refuses("history[1].parts", _question, new HistoryEntry(MessageRole.Assistant, []));
        Refuses("history[0].parts", new HistoryEntry(MessageRole.User, []) { FinishReason = reason });
    }

    [Fact]
    public void Parts_of_an_answer_are_whole_and_within_the_limits()
    {
        var large = new string('x', 300_000);
        RefusesPart("", new RefusalPart(null!));
        RefusesPart("", new SourcePart(large));
        RefusesPart("", new SourcePart("https://example.com/", large));
        RefusesPart("", new ProviderToolPart("web_search", large));
        RefusesPart(".data", new FilePart("image/png", ""));
        RefusesPart(".data", new FilePart("image/png", "*"));
        RefusesPart(".media_type", new FilePart("a picture", "aGk="));
        foreach (var part in new MessagePart[]
        {
            new RefusalPart("no"),
            new SourcePart("https://example.com/"),
            new ProviderToolPart("x", ""),
            new FilePart("image/png", "aGk="),
        })
        {
            Refuses("history[0].parts[0]", new HistoryEntry(MessageRole.User, [part]));
        }

        static void RefusesPart(string member, MessagePart part) =>
            Refuses($"history[1].parts[0]{member}", _question, new HistoryEntry(MessageRole.Assistant, [part]));
    }

    private static void Refuses(string field, params HistoryEntry[] history) => Assert.Equal(field, Given.Refuse(Decide(null, history)).Field);

    private static Decision Decide(string? content, params HistoryEntry[] history) =>
        ChatRules.Decide(new CreateChat(ChatId.Create(Given.Now), "owner", content, "demo") { ClaimBy = Given.Replica, History = history }, Given.Context);
}
