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

    [Fact]
    public void However_often_a_chat_is_taken_over_it_gets_one_answer_and_from_its_holder() => Explore.Schedules(async () =>
    {
        var stage = new Stage();
        stage.Create();
        stage.Store.Before = async _ => await Task.Yield();
        async Task<string?> DriveAsync(string replica)
        {
            await ExecuteAsync(stage, new AcquireLease(replica, HolderIsGone: true));
            var chat = await stage.Store.LoadAsync(stage.Id, CancellationToken.None);
            await Task.Yield();
            return chat!.Lease is { } lease && lease.Replica == replica
                && await ExecuteAsync(stage, new FinishTurn(lease.Token, chat.Generation, new Answer([new TextPart(replica)], FinishReason.Stop)))
                ? replica
                : null;
        }

        var late = Task.Run(() => ExecuteAsync(stage, new FinishTurn(1, 1, new Answer([new TextPart("late")], FinishReason.Stop))));
        var answers = await Task.WhenAll(Task.Run(() => DriveAsync("b")), Task.Run(() => DriveAsync("c")));
        var expected = await late ? "late" : Assert.Single(answers, answer => answer is not null);
        var history = stage.Store.History(stage.Id);
        Assert.Equal(2, history.Count);
        Assert.Equal(expected, ((TextPart)history[1].Parts[0]).Text);
    });

    /// <summary>What a committer does: load, decide, compare and swap, and again after a conflict. False if it is refused.</summary>
    private static async Task<bool> ExecuteAsync(Stage stage, ChatCommand command)
    {
        while (true)
        {
            var chat = await stage.Store.LoadAsync(stage.Id, CancellationToken.None);
            if (ChatRules.Decide(chat!, command, stage.Context) is not Decision.Accepted accepted)
            {
                return false;
            }

            if (await stage.Store.CommitAsync(accepted.Transition, null, CancellationToken.None) is DurableChat.Storage.CommitResult.Committed)
            {
                return true;
            }
        }
    }

    /// <summary>What a committer does without a retry: load, decide, compare and swap.</summary>
    private static async Task<bool> TryAsync(Stage stage, ChatCommand command)
    {
        var chat = await stage.Store.LoadAsync(stage.Id, CancellationToken.None);
        return chat!.Version == 1
            && ChatRules.Decide(chat, command, stage.Context) is Decision.Accepted accepted
            && await stage.Store.CommitAsync(accepted.Transition, null, CancellationToken.None) is DurableChat.Storage.CommitResult.Committed;
    }
}
