using DurableChat.Models;
using DurableChat.Server.Models;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DurableChat.Integration.Tests.Models;

public sealed class DemoModelTests
{
    private readonly DemoModel _model = new(TimeSpan.Zero, TimeProvider.System);

    [Fact]
    public async Task Equal_conversations_get_equal_answers_and_others_get_others()
    {
        Assert.Equal(await SayAsync("hello"), await SayAsync("hello"));
        Assert.NotEqual(await SayAsync("hello"), await SayAsync("good morning"));
        Assert.Contains("You began with \"first thing\"", await SayAsync("first thing", "second thing"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_thinks_counts_tells_stories_and_shows_code_when_asked()
    {
        Assert.StartsWith("1 2 3", await SayAsync("please count to 500"), StringComparison.Ordinal);
        Assert.EndsWith("500", await SayAsync("please count to 500"), StringComparison.Ordinal);
        Assert.EndsWith("The end.", await SayAsync("a long story"), StringComparison.Ordinal);
        Assert.Contains("```", await SayAsync("some code please"), StringComparison.Ordinal);
        var updates = await UpdatesAsync([new ChatMessage(ChatRole.User, "think about it")]);
        Assert.Contains(updates, update => update.Contents.OfType<TextReasoningContent>().Any());
    }

    [Fact]
    public async Task It_calls_the_tool_that_is_asked_for_and_speaks_about_the_result()
    {
        var options = new ChatOptions { Tools = [CurrentTimeTool.Create(TimeProvider.System)] };
        var updates = await UpdatesAsync([new ChatMessage(ChatRole.User, "what time is it?")], options);
        var call = updates.SelectMany(update => update.Contents).OfType<FunctionCallContent>().Single();
        Assert.Equal(CurrentTimeTool.Name, call.Name);
        var second = await UpdatesAsync(
            [
                new ChatMessage(ChatRole.User, "what time is it?"),
                new ChatMessage(ChatRole.Assistant, [call]),
                new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call.CallId, "noon")]),
            ],
            options);
        Assert.StartsWith("The tool says: noon", string.Concat(second.Select(update => update.Text)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_fails_when_told_to_and_never_says_why_but_in_plain_words()
    {
        var failure = await Assert.ThrowsAsync<ModelException>(() => SayAsync("fail"));
        Assert.True(failure.Failure.Error.Retryable);
    }

    [Fact]
    public async Task It_goes_on_where_an_answer_was_cut_off()
    {
        var whole = await SayAsync("tell me a long story");
        var rest = await UpdatesAsync(
            [new ChatMessage(ChatRole.User, "tell me a long story"), new ChatMessage(ChatRole.Assistant, whole[..100]), new ChatMessage(ChatRole.User, PromptBuilder.ContinueInstruction)]);
        Assert.Equal(whole[100..], string.Concat(rest.Select(update => update.Text)));
    }

    [Fact]
    public async Task It_talks_at_a_readable_pace()
    {
        var time = new FakeTimeProvider();
        var model = new DemoModel(TimeSpan.FromMilliseconds(40), time);
        await using var updates = model.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "hello")]).GetAsyncEnumerator();
        var next = updates.MoveNextAsync();
        time.Advance(TimeSpan.FromMilliseconds(39));
        Assert.False(next.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(await next);
        Assert.Equal("You", updates.Current.Text);
    }

    private async Task<string> SayAsync(params string[] userMessages) =>
        string.Concat((await UpdatesAsync([.. userMessages.Select(text => new ChatMessage(ChatRole.User, text))])).Select(update => update.Text));

    private async Task<List<ChatResponseUpdate>> UpdatesAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null)
    {
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in _model.GetStreamingResponseAsync(messages, options))
        {
            updates.Add(update);
        }

        return updates;
    }
}
