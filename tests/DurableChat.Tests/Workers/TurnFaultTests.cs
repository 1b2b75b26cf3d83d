using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Tests.Support;
using DurableChat.Workers;
using Xunit;

namespace DurableChat.Tests.Workers;

/// <summary>A turn comes to an end, and its text stays whole, although something around it is wrong.</summary>
public sealed class TurnFaultTests
{
    /// <summary>Only ends a test that would hang.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_retry_waits_no_longer_than_its_delay_though_the_clock_was_set_back()
    {
        var store = new FakeStore();
        var node = new Node(store, new ScriptedModel((call, _, _) => call == 1 ? throw new HttpRequestException() : ScriptedModel.Say("answer")));
        var commits = 0;
        store.After = call =>
        {
            if (call == "commit" && Interlocked.Increment(ref commits) == 2)
            {
                // The retry is written, and not yet looked at.
                node.Time.AdjustTime(node.Time.GetUtcNow() - TimeSpan.FromHours(1));
            }

            return Task.CompletedTask;
        };
        var began = node.Time.GetUtcNow();
        var id = await node.CreateAsync();
        await AdvanceUntilAsync(node, node.FollowAsync(id, shown => shown.Status == "waiting" && shown.Ids.Count == 2));
        Assert.InRange(node.Time.GetUtcNow() + TimeSpan.FromHours(1) - began, TimeSpan.Zero, TimeSpan.FromMinutes(5));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_history_that_is_not_what_the_chat_says_ends_the_turn_in_error_after_few_looks(bool lacksHead)
    {
        var store = new FakeStore { Page = page => lacksHead ? page with { Messages = [] } : page with { Epoch = page.Epoch + 1 } };
        var node = new Node(store, ScriptedModel.Answering(), feeds: new FeedOptions { WindowMessages = 0 });
        var id = await node.CreateAsync();
        await AdvanceUntilAsync(node, Eventually.IsAsync(() => store.State(id).Status == ChatStatus.Error));
        Assert.Equal("history_unavailable", store.State(id).Error!.Code);
        Assert.InRange(store.Loads, 1, 40);
    }

    [Theory]
    [InlineData("123456789\U0001F600\U0001F600")]
    [InlineData("12345678\U0001F600", "\U0001F600")]
    [InlineData("123456789", "\U0001F600", "tail")]
    public async Task An_answer_is_never_cut_through_a_character(params string[] parts)
    {
        var node = new Node(new FakeStore(), new ScriptedModel((_, _, _) => ScriptedModel.Say(parts)), worker: new WorkerOptions { MaxAnswerChars = 10 });
        var id = await node.CreateAsync();
        await node.FollowAsync(id, shown => shown.Status == "waiting" && shown.Ids.Count == 2).WaitAsync(_patience, TimeProvider.System);
        var answer = node.Store.History(id)[1];
        var text = ((TextPart)answer.Parts[0]).Text;
        Assert.Equal(FinishReason.Length, answer.FinishReason);
        Assert.Equal(parts[0].StartsWith("123456789", StringComparison.Ordinal) ? "123456789" : parts[0], text);
    }

    private static Task AdvanceUntilAsync(Node node, Task happens) => Eventually.AdvanceUntilAsync(node.Time, happens, TimeSpan.FromSeconds(1));
}
