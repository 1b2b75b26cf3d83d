using System.Text.Json;
using DurableChat.Chats;
using Xunit;

namespace DurableChat.Tests.Chats;

/// <summary>What a message is answered by stays with it.</summary>
public sealed class SettingTests
{
    private static readonly GenerationSettings _cold = new() { Temperature = 0.1 };
    private static readonly GenerationSettings _hot = new() { Temperature = 1.1 };

    [Fact]
    public void The_first_message_has_the_settings_of_its_chat()
    {
        var created = Given.Accept(ChatRules.Decide(Given.Create() with { Settings = _cold }, Given.Context));
        Assert.Same(_cold, created.Appended[0].Settings);
        Assert.Same(_cold, created.Next.Settings);
        Assert.True(created.ChangesSettings);
    }

    [Fact]
    public void A_message_keeps_its_model_and_settings_through_the_queue()
    {
        var chat = Given.Running().Then(
            _ => new SendMessage("later", BusyBehavior.Queue) { Model = "other", Settings = _cold });
        Assert.Equal(("other", _cold), (chat.Queue[0].Model, chat.Queue[0].Settings));
        var finished = chat.Then(_ => new UpdateChat { Model = "third", Settings = _hot }).Apply(Given.Finish);
        Assert.Equal(("other", _cold), (finished.Appended[^1].Model, finished.Appended[^1].Settings));
        Assert.Equal("other", finished.Next.TurnModel);
    }

    [Fact]
    public void An_answer_and_its_cost_are_of_the_model_that_its_question_named()
    {
        var chat = Given.Waiting().Then(_ => new SendMessage("now") { Model = "other", ClaimBy = Given.Replica });
        var failed = chat.Apply(
            state => new FailTurn(Given.Token(state), state.Generation, Given.Error) { Usage = new TokenUsage(1, 2) });
        Assert.Equal(("other", null), (failed.Spent!.Model, failed.Next.TurnModel));
        var finished = chat.Apply(Given.Finish);
        Assert.Equal(("other", null), (finished.Appended[^1].Model, finished.Next.TurnModel));
        Assert.Equal("demo", finished.Next.CurrentModel);
    }

    [Fact]
    public void A_model_that_is_the_chats_own_is_not_worth_a_word()
    {
        var sent = Given.Waiting().Apply(
            _ => new SendMessage("now") { Model = "demo", Settings = new GenerationSettings() });
        Assert.Null(sent.Appended[0].Model);
        Assert.Null(sent.Appended[0].Settings);
        Assert.False(sent.ChangesSettings);
    }

    [Fact]
    public void A_chat_takes_new_settings_as_a_whole_and_gives_them_up()
    {
        var changed = Given.Waiting().Apply(_ => new UpdateChat { Model = "other", Settings = _cold });
        Assert.Equal(
            ("other", "demo", _cold, true), (
                changed.Next.CurrentModel, changed.Next.Model, changed.Next.Settings, changed.ChangesSettings));
        Assert.IsType<Decision.Unchanged>(
            changed.Next.Decide(new UpdateChat { Model = "other", Settings = _cold with { } }));
        var back = changed.Next.Apply(_ => new UpdateChat { Model = "demo", Settings = new GenerationSettings() });
        Assert.Equal(
            ("demo", null, null, true), (
                back.Next.CurrentModel, back.Next.NextModel, back.Next.Settings, back.ChangesSettings));
    }

    [Fact]
    public void Settings_of_the_queue_count_against_its_limit()
    {
        var context = new DecisionContext(Given.Now, Given.Limits with { MaxQueueBytes = 300 });
        var one = Given.Accept(
            ChatRules.Decide(Given.Running(), new SendMessage("a") { Settings = _cold }, context)).Next;
        var second = new SendMessage("b") { Settings = new GenerationSettings { Stop = [new string('x', 60)] } };
        Assert.Equal(RefusalCode.QueueFull, Given.Refuse(ChatRules.Decide(one, second, context)).Code);
    }

    [Fact]
    public void A_history_from_elsewhere_brings_what_its_questions_were_answered_by()
    {
        HistoryEntry[] history = [
            new(MessageRole.User, [new TextPart("a")]) { Model = "gone", Settings = _cold }, new(
                MessageRole.Assistant, [new TextPart("b")])];
        var created = Given.Accept(ChatRules.Decide(Given.Create() with { History = history }, Given.Context));
        Assert.Equal(("gone", _cold), (created.Appended[0].Model, created.Appended[0].Settings));
        var refusal = Given.Refuse(ChatRules.Decide(
            Given.Create() with { History = [history[0] with { Settings = new GenerationSettings { Stop = [] } }] },
                Given.Context));
        Assert.Equal("history[0].settings.stop", refusal.Field);
        refusal = Given.Refuse(
            ChatRules.Decide(
                Given.Create() with { History = [history[0], history[1] with { Settings = _hot }] }, Given.Context));
        Assert.Equal("history[1].settings", refusal.Field);
    }

    [Theory]
    [InlineData("Temperature")]
    [InlineData("TopP")]
    public void A_number_that_no_store_can_write_is_refused_in_a_history(string name)
    {
        // No model has a say in a history, so no bounds are looked at.
        var settings = JsonSerializer.Deserialize<GenerationSettings>($$"""{"{{name}}":1e400}""")!;
        var refusal = Given.Refuse(ChatRules.Decide(
            Given.Create() with
            {
                History = [new HistoryEntry(MessageRole.User, [new TextPart("a")]) { Settings = settings }],
            },
            Given.Context));
        Assert.Equal(RefusalCode.InvalidField, refusal.Code);
        Assert.Equal($"history[0].settings.{JsonNamingPolicy.SnakeCaseLower.ConvertName(name)}", refusal.Field);
    }
}
