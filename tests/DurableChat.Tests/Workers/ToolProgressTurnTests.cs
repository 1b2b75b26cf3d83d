using DurableChat.Models;
using DurableChat.Tests.Support;
using Microsoft.Extensions.AI;
using Xunit;

namespace DurableChat.Tests.Workers;

/// <summary>What those who follow a chat see of the progress of its tools.</summary>
public sealed class ToolProgressTurnTests
{
    private readonly TaskCompletionSource<string> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<IProgress<string>> _progress = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Progress_is_shown_while_the_call_runs_and_neither_stored_nor_part_of_the_position()
    {
        var node = new Node(
            new FakeStore(),
            new ScriptedModel((call, _, _) => call == 1 ? Call() : ScriptedModel.Say("done")),
            functions: AIFunctionFactory.Create(RunAsync, "slow"));
        var id = await node.CreateAsync();
        var progress = await _progress.Task;
        progress.Report("halfway");
        var screen = await node.FollowAsync(id, shown => shown.Log.Contains("tool_progress "));
        Assert.Equal((2, "1.2.1.0"), (screen.Ids.Count, screen.LastEventId));

        // Someone who comes later sees the newest too.
        await node.FollowAsync(id, shown => shown.Log.Contains("tool_progress "));
        _result.SetResult("result");
        screen = await node.FollowAsync(id, shown => shown.Status == "waiting");
        progress.Report("late");
        node.Feeds.Find(id)!.ShowProgress(1, "call-1", "later");
        Assert.DoesNotContain("tool_progress ", (await node.FollowAsync(id, shown => shown.Log.Contains("queue_update "))).Log);
        Assert.Equal(4, screen.Ids.Count);
    }

    private static async IAsyncEnumerable<AIContent> Call()
    {
        await Task.Yield();
        yield return new FunctionCallContent("call-1", "slow");
    }

    private Task<string> RunAsync(AIFunctionArguments arguments)
    {
        _progress.SetResult((IProgress<string>)arguments.Context![ToolRegistry.Progress]!);
        return _result.Task;
    }
}
