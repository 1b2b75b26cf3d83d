using DurableChat.Chats;
using DurableChat.Storage;
using Xunit;

namespace DurableChat.Cluster.Tests.Postgres;

/// <summary>A database into which a server of a later version has written.</summary>
public sealed class PostgresLaterVersionTests(PostgresFixture postgres)
{
    [Fact]
    public async Task What_is_not_known_is_read_as_that_and_hides_nothing_else()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var store = Given.Store(database);
        var plain = await store.CommitAsync(Given.New());
        var later = await store.CommitAsync(Given.New());
        await store.CommitAsync(Given.Answer(later, "hi"));
        await PostgresFixture.ExecuteAsync(database, $$"""
            UPDATE chats SET status = 'paused' WHERE chat_id = '{{later.Id}}';
            UPDATE messages SET role = 'moderator' WHERE chat_id = '{{later.Id}}' AND id = 1;
            UPDATE messages SET body = '{"parts":[{"type":"audio","seconds":3}],"generation":1,"finish_reason":"vanished"}' WHERE chat_id = '{{later.Id}}' AND id = 2;
            """);
        var list = (await store.ListAsync("owner", new ChatListQuery(10), CancellationToken.None)).ToDictionary(chat =>
            chat.Id, chat => chat.Status);
        Assert.Equal((2, ChatStatus.Running, ChatStatus.Unknown), (list.Count, list[plain.Id], list[later.Id]));
        Assert.Equal(ChatStatus.Unknown, (await store.LoadAsync(later.Id, CancellationToken.None))!.Status);
        var messages = (await store.ReadMessagesAsync(later.Id, MessageQuery.After(0, 10, ReadReason.History),
            CancellationToken.None))!.Messages;
        Assert.Equal((MessageRole.Unknown, FinishReason.Unknown), (messages[0].Role, messages[1].FinishReason!.Value));
        Assert.Equal("audio", Assert.IsType<UnknownPart>(Assert.Single(messages[1].Parts)).Kind);
    }
}
