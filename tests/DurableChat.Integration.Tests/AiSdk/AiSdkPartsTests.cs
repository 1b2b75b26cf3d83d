using System.Text.Json;
using DurableChat.AspNetCore.AiSdk;
using DurableChat.Chats;
using DurableChat.Integration.Tests.Http;
using Xunit;

namespace DurableChat.Integration.Tests.AiSdk;

/// <summary>What providers give beside text, for clients of the AI SDK. tests/ai-sdk has the real ones.</summary>
public sealed class AiSdkPartsTests : IAsyncLifetime
{
    private const string Mark = """{"durablechat":{"refusal":true}}""";
    private const string Tool = """{"name":"web_search","input":"weather in Berlin"}""";

    private static readonly string[] _steps =
    [
        "start",
        "start-step",
        "reasoning:hm",
        $"data-provider-tool {Tool}",
        "text:It rains.",
        "source-url 1-source-1 https://example.com/a A",
        "source-url 1-source-2 https://example.com/b",
        $"file image/png data:image/png;base64,{PartsModel.Picture}",
        "text:I cannot say more.",
        "finish-step",
        "finish",
    ];

    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await PartsModel.StartServerAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Parts_of_all_kinds_are_streamed_and_replayed_alike()
    {
        using var sent = await (await UiStream.SendAsync(_server, "all", "m1", PartsModel.All)).ReadAsync();
        Assert.Equal(_steps, sent.Chunks);
        using var again = await (await UiStream.SendAsync(_server, "all", "m1", PartsModel.All)).ReadAsync();
        Assert.Equal(_steps, again.Chunks);
    }

    [Fact]
    public async Task The_history_has_the_same_parts()
    {
        using var sent = await (await UiStream.SendAsync(_server, "kept", "m1", PartsModel.All)).ReadAsync();
        var answer = await AnswerAsync("kept");
        Assert.Equal(
        [
            """{"type":"step-start"}""",
            """{"type":"reasoning","text":"hm","state":"done"}""",
            $$"""{"type":"data-provider-tool","data":{{Tool}}}""",
            """{"type":"text","text":"It rains.","state":"done"}""",
            """{"type":"source-url","sourceId":"1-source-1","url":"https://example.com/a","title":"A"}""",
            """{"type":"source-url","sourceId":"1-source-2","url":"https://example.com/b"}""",
            $$"""{"type":"file","mediaType":"image/png","url":"data:image/png;base64,{{PartsModel.Picture}}"}""",
            $$"""{"type":"text","text":"I cannot say more.","providerMetadata":{{Mark}},"state":"done"}""",
        ],
        answer.GetProperty("parts").EnumerateArray().Select(part => part.GetRawText()));
        Assert.False(answer.TryGetProperty("metadata", out _));
    }

    [Theory]
    [InlineData(PartsModel.CutOff, "length")]
    [InlineData(PartsModel.Withheld, "content-filter")]
    public async Task An_answer_without_a_word_ends_well_and_says_why(string wish, string reason)
    {
        using var sent = await (await UiStream.SendAsync(_server, wish, "m1", wish)).ReadAsync();
        Assert.Equal(["start", "start-step", "finish-step", $$"""finish {"finishReason":"{{reason}}"}"""], sent.Chunks);
        Assert.Null(await UiStream.ResumeAsync(_server, wish));
        var answer = await AnswerAsync(wish);
        Assert.Equal("""[{"type":"step-start"}]""", answer.GetProperty("parts").GetRawText());
        Assert.Equal(reason, answer.GetProperty("metadata").GetProperty("finishReason").GetString());

        // The chat goes on.
        using var next = await (await UiStream.SendAsync(_server, wish, "m2", PartsModel.All)).ReadAsync();
        Assert.Equal("finish", next.Chunks[^1]);
    }

    [Fact]
    public void What_was_shown_of_an_answer_is_not_shown_again_when_it_commits()
    {
        var whole = AnswerOf(PartsModel.Pieces);
        for (var shown = 0; shown <= PartsModel.Pieces.Count; shown++)
        {
            var chunks = Write(steps =>
            {
                foreach (var piece in PartsModel.Pieces.Take(shown))
                {
                    steps.AddLive(1, piece);
                }

                steps.Commit(whole);
            });
            Assert.Equal(1, chunks.Split("\"start-step\"").Length - 1);
            Assert.DoesNotContain("preview-reset", chunks, StringComparison.Ordinal);
            Assert.Equal(2, chunks.Split("\"source-url\"").Length - 1);
            Assert.Equal(1, chunks.Split("\"file\"").Length - 1);
            Assert.Equal(1, chunks.Split("\"data-provider-tool\"").Length - 1);
            Assert.Equal(2, chunks.Split("\"text-start\"").Length - 1);
            Assert.Equal(1, chunks.Split(Mark).Length - 1);
        }
    }

    [Fact]
    public void An_answer_that_differs_from_what_was_shown_is_another_step()
    {
        var chunks = Write(steps =>
        {
            steps.AddLive(1, new SourcePart("https://example.com/a"));
            steps.Commit(AnswerOf([new TextPart("no source")]));
        });
        Assert.Contains("preview-reset", chunks, StringComparison.Ordinal);
        Assert.Equal(2, chunks.Split("\"start-step\"").Length - 1);
    }

    private static string Write(Action<StepWriter> tell)
    {
        using var chunks = new UiChunkWriter();
        var steps = new StepWriter(chunks, new HashSet<string>());
        tell(steps);
        steps.Close();
        return System.Text.Encoding.UTF8.GetString(chunks.Written.Span);
    }

    /// <summary>The pieces as they commit: neighbours of one kind joined.</summary>
    private static Message AnswerOf(IReadOnlyList<MessagePart> pieces)
    {
        var parts = new List<MessagePart>();
        foreach (var piece in pieces)
        {
            if (parts is [.., var last] && last.GetType() == piece.GetType() && UiPart.TextOf(last) is { } text)
            {
                parts[^1] = MessagePart.WithText(last, text + UiPart.TextOf(piece));
            }
            else
            {
                parts.Add(piece);
            }
        }

        return new Message
        {
            Id = 2,
            PreviousId = 1,
            Role = MessageRole.Assistant,
            Parts = parts,
            Generation = 1,
            CreatedAt = default,
        };
    }

    private async Task<JsonElement> AnswerAsync(string chat) =>
        (await _server.GetAsync($"/ai-sdk/chat/{Uri.EscapeDataString(chat)}/messages")).GetProperty("messages")[1];
}
