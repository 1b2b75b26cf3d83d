using System.Net.Http.Json;
using System.Text.Json;
using DurableChat.Chats;
using DurableChat.Diagnostics;
using DurableChat.Sqlite;
using DurableChat.Storage;
using Xunit;

namespace DurableChat.Browser.Tests.Support;

/// <summary>Histories that would take too long to talk into being, or that no demo model would say.</summary>
internal static class Seed
{
    /// <summary>A chat whose history has these answers, each with parts as the wire has them.</summary>
    public static async Task<string> HistoryAsync(ServerProcess server, IReadOnlyList<object[]> answers)
    {
        var history = answers.SelectMany((parts, number) => new object[]
        {
            new { role = "user", parts = new[] { new { type = "text", text = $"question {number + 1}" } } },
            new { role = "assistant", parts, finish_reason = "stop" },
        });
        using var response = await server.Http.PostAsJsonAsync(server.Api("chats"), new { model = "instant", history });
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    /// <summary>
    /// A chat with these answers; the server is away for a moment while they are written into its file.
    /// </summary>
    public static Task<string> AnswersAsync(ServerProcess server, IReadOnlyList<string> answers) =>
        AnswersAsync(server, [.. answers.Select(answer => (answer, (IReadOnlyList<MessagePart>)[new TextPart(answer)]))]);

    /// <summary>The same with answers of any parts, each with the text that was said before it.</summary>
    public static async Task<string> AnswersAsync(ServerProcess server, IReadOnlyList<(string Question, IReadOnlyList<MessagePart> Answer)> answers)
    {
        var chat = await server.CreateAnsweredAsync("the first question");
        server.Kill();
        await using (var store = SqliteChatStore.Open(new SqliteStoreOptions(server.Data), new StoreMetrics(), TimeProvider.System))
        {
            Assert.True(ChatId.TryParse(chat, out var id));
            var before = (await store.LoadAsync(id, CancellationToken.None))!;
            var messages = Messages(before, answers).ToList();
            var next = before with
            {
                Version = before.Version + 1,
                Ancestors = [before.CommitId],
                LastMessageId = messages[^1].Id,
                LastAssignedId = messages[^1].Id,
                Generation = messages[^1].Generation,
            };
            Assert.IsType<CommitResult.Committed>(await store.CommitAsync(new Transition { Next = next, Appended = messages }.WithCommitId(Guid.NewGuid()), null, CancellationToken.None));
        }

        await server.StartAgainAsync();
        return chat;
    }

    private static IEnumerable<Message> Messages(Chat chat, IReadOnlyList<(string Question, IReadOnlyList<MessagePart> Answer)> answers)
    {
        var id = chat.LastMessageId;
        for (var i = 0; i < answers.Count; i++)
        {
            id++;
            yield return Make(id, MessageRole.User, [new TextPart($"question {i + 2}: {answers[i].Question}")], generation: 0, chat);
            id++;
            yield return Make(id, MessageRole.Assistant, answers[i].Answer, chat.Generation + 1 + i, chat);
        }
    }

    private static Message Make(long id, MessageRole role, IReadOnlyList<MessagePart> parts, long generation, Chat chat) => new()
    {
        Id = id,
        PreviousId = id - 1,
        Role = role,
        Parts = [.. parts],
        Generation = generation,
        Model = role == MessageRole.Assistant ? "demo" : null,
        FinishReason = role == MessageRole.Assistant ? FinishReason.Stop : null,
        CreatedAt = chat.UpdatedAt,
    };
}
