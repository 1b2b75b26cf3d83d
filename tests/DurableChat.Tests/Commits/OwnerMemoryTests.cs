using System.Runtime.CompilerServices;
using DurableChat.Chats;
using DurableChat.Commits;
using DurableChat.Feeds;
using DurableChat.Tests.Support;
using Microsoft.Extensions.AI;
using Xunit;

namespace DurableChat.Tests.Commits;

/// <summary>What an owner is answered whose turns take the memory that all share.</summary>
public sealed class OwnerMemoryTests
{
    [Fact]
    public async Task An_owner_whose_turns_fill_the_memory_waits_and_nobody_else_does()
    {
        var node = new Node(
            new FakeStore(), new ScriptedModel((call, _, ct) => call == 1 ? SayMuch(ct) : ScriptedModel.Say("answer")), feeds: new FeedOptions { TotalBytes = 100_000 });
        var large = await node.CreateAsync();
        await node.FollowAsync(large, screen => screen.Preview.Length == 200_000);
        var refused = Assert.IsType<CommandResult.Refused>(await CreateAsync(node, "owner")).Refusal;
        Assert.Equal((RefusalCode.OwnerMemoryFull, null), (refused.Code, refused.Field));
        Assert.Contains("try again", refused.Message, StringComparison.Ordinal);
        Assert.IsType<CommandResult.Refused>(await node.ExecuteAsync(large, new SendMessage("more")));
        Assert.IsType<CommandResult.Refused>(await node.Chats.EditAsync("owner", large, 1, "another", null, CancellationToken.None));
        Assert.NotNull(node.Chats.RefuseIfFull("owner"));
        Assert.Null(node.Chats.RefuseIfFull("other"));
        Assert.IsType<CommandResult.Committed>(await CreateAsync(node, "other"));

        // What makes room is always taken.
        Assert.IsType<CommandResult.Committed>(await node.ExecuteAsync(large, new UpdateChat(Title: "title")));
        Assert.IsType<CommandResult.Committed>(await node.ExecuteAsync(large, new Interrupt()));
        await node.FollowAsync(large, screen => screen.Status == "waiting");
        Assert.IsType<CommandResult.Committed>(await CreateAsync(node, "owner"));
    }

    private static Task<CommandResult> CreateAsync(Node node, string owner) => node.Chats.CreateAsync(owner, new NewChat("hello"), null, CancellationToken.None);

    private static async IAsyncEnumerable<AIContent> SayMuch([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new TextContent(new string('x', 200_000));
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }
}
