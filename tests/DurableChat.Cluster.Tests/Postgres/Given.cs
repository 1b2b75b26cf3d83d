using DurableChat.Chats;
using DurableChat.Diagnostics;
using DurableChat.PostgreSql;
using DurableChat.Storage;
using Xunit;

namespace DurableChat.Cluster.Tests.Postgres;

/// <summary>Stores, and what to commit to them.</summary>
internal static class Given
{
    private static readonly ChatLimits _limits = new() { MaxQueue = 100 };

    public static PostgresChatStore Store(string connectionString, Func<PostgresStoreOptions, PostgresStoreOptions>? change = null)
    {
        var options = new PostgresStoreOptions(connectionString);
        return PostgresChatStore.Open(change?.Invoke(options) ?? options, new StoreMetrics(), null, TimeProvider.System);
    }

    public static Transition New(string content = "hello", ChatId? id = null) => Accept(ChatRules.Decide(
        new CreateChat(id ?? ChatId.Create(TimeProvider.System.GetUtcNow()), "owner", content, "demo") { ClaimBy = "replica" }, Context()));

    public static Transition Decide(Chat chat, ChatCommand command) => Accept(ChatRules.Decide(chat, command, Context()));

    /// <summary>The end of the turn that runs.</summary>
    public static Transition Answer(Chat chat, string text) =>
        Decide(chat, new FinishTurn(chat.Lease!.Token, chat.Generation, new Answer([new TextPart(text)], FinishReason.Stop)));

    public static async Task<Chat> CommitAsync(this IChatStore store, Transition transition)
    {
        Assert.IsType<CommitResult.Committed>(await store.CommitAsync(transition, null, CancellationToken.None));
        return transition.Next;
    }

    public static async Task<string[]> ReadTextsAsync(this IChatStore store, ChatId id) =>
        [.. (await store.ReadMessagesAsync(id, MessageQuery.After(0, 10_000, ReadReason.History), CancellationToken.None))!.Messages.Select(message => ((TextPart)message.Parts[0]).Text)];

    private static DecisionContext Context() => new(TimeProvider.System.GetUtcNow(), _limits);

    private static Transition Accept(Decision decision) => Assert.IsType<Decision.Accepted>(decision).Transition.WithCommitId(Guid.NewGuid());
}
