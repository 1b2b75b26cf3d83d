using DurableChat.Chats;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Systematic.Tests;

public sealed class LeaseSchedules
{
    [Fact]
    public void Of_two_that_take_over_and_one_that_wakes_up_exactly_one_commits() => Explore.Schedules(async () =>
    {
        var stage = new Stage();
        stage.Create();
        stage.Store.Before = async _ => await Task.Yield();
        var late = new FinishTurn(1, 1, new Answer([new TextPart("late")], FinishReason.Stop));
        var commits = await Task.WhenAll(
            Task.Run(() => TryAsync(stage, new AcquireLease("b", HolderIsGone: true))),
            Task.Run(() => TryAsync(stage, new AcquireLease("c", HolderIsGone: true))),
            Task.Run(() => TryAsync(stage, late)));
        Assert.Equal(1, commits.Count(committed => committed));
    });

    /// <summary>What a committer does without a retry: load, decide, compare and swap.</summary>
    private static async Task<bool> TryAsync(Stage stage, ChatCommand command)
    {
        var chat = await stage.Store.LoadAsync(stage.Id, CancellationToken.None);
        return chat!.Version == 1
            && ChatRules.Decide(chat, command, stage.Context) is Decision.Accepted accepted
            && await stage.Store.CommitAsync(accepted.Transition, null, CancellationToken.None) is DurableChat.Storage.CommitResult.Committed;
    }
}
