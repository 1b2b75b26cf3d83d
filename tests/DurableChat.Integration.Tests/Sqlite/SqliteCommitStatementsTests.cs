using DurableChat.Chats;
using DurableChat.Diagnostics;
using DurableChat.Sqlite;
using DurableChat.Storage;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Integration.Tests.Sqlite;

/// <summary>How many statements a turn takes: each costs the one thread that writes its time.</summary>
public sealed class SqliteCommitStatementsTests
{
    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 3)]
    public async Task An_answer_takes_a_statement_for_the_chat_one_for_the_message_and_one_for_its_cost(
        bool isCostKnown, int statements)
    {
        using var folder = new TemporaryFolder();
        using var meters = new CountingMeters();
        var options = new SqliteStoreOptions(folder.File("chat.db"));
        await using var store = SqliteChatStore.Open(options, new StoreMetrics(meters), TimeProvider.System);
        var context = new DecisionContext(TimeProvider.System.GetUtcNow(), new ChatLimits());
        var id = ChatId.Create(context.Now);
        var create = new CreateChat(id, "owner", "hello", "demo") { ClaimBy = "a" };
        var chat = await CommitAsync(store, ChatRules.Decide(create, context));
        var before = meters.Sum("durablechat.store.statements");
        var answer = new Answer([new TextPart("answer")], FinishReason.Stop, isCostKnown ? new TokenUsage(1, 2) : null);
        var finish = new FinishTurn(chat.Lease!.Token, chat.Generation, answer);
        await CommitAsync(store, ChatRules.Decide(chat, finish, context));
        Assert.Equal(statements, meters.Sum("durablechat.store.statements") - before);
    }

    private static async Task<Chat> CommitAsync(SqliteChatStore store, Decision decision)
    {
        var transition = Assert.IsType<Decision.Accepted>(decision).Transition.WithCommitId(Guid.NewGuid());
        Assert.IsType<CommitResult.Committed>(await store.CommitAsync(transition, null, CancellationToken.None));
        return transition.Next;
    }
}
