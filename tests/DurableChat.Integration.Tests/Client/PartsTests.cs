using System.Text.Json;
using DurableChat.Client;
using DurableChat.Client.Adapters;
using DurableChat.Client.Calls;
using Microsoft.Extensions.AI;
using Xunit;

namespace DurableChat.Integration.Tests.Client;

/// <summary>What providers give beside text, for programs in .NET.</summary>
public sealed class PartsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_has_its_parts_and_its_cost_and_begins_another_chat()
    {
        await using var server = await PartsModel.StartServerAsync();
        var client = new DurableChatClient(server.Http);
        var (id, answer) = await AskAsync(client, PartsModel.All);
        Assert.Equal(
        [
            new MessagePart { Type = "reasoning", Text = "hm" },
            new MessagePart { Type = "provider_tool", Name = "web_search", Input = "weather in Berlin" },
            new MessagePart { Type = "text", Text = "It rains." },
            new MessagePart { Type = "source", Url = "https://example.com/a", Title = "A" },
            new MessagePart { Type = "source", Url = "https://example.com/b" },
            new MessagePart { Type = "file", MediaType = "image/png", Data = PartsModel.Picture },
            new MessagePart { Type = "refusal", Text = "I cannot say more." },
        ],
        answer.Parts);
        Assert.Equal("It rains.", answer.Text);
        Assert.Equal(
            new TokenUsage(10, 20) { CacheReadTokens = 3, CacheWriteTokens = 4, ReasoningTokens = 5, Cost = 0.25m },
            answer.Usage);

        var copy = await CopyAsync(client, id);
        Assert.Equal(answer.Parts, copy.Parts);
        Assert.Equal(answer.Usage, copy.Usage);
    }

    [Theory]
    [InlineData(PartsModel.CutOff, "length")]
    [InlineData(PartsModel.Withheld, "content_filter")]
    public async Task An_answer_without_a_word_is_read_and_begins_another_chat(string wish, string reason)
    {
        await using var server = await PartsModel.StartServerAsync();
        var client = new DurableChatClient(server.Http);
        var (id, answer) = await AskAsync(client, wish);
        Assert.Equal((0, reason), (answer.Parts.Count, answer.FinishReason));
        var copy = await CopyAsync(client, id);
        Assert.Equal((0, reason), (copy.Parts.Count, copy.FinishReason));
        using var chat = client.AsChatClient();
        var response = await chat.GetResponseAsync(wish, cancellationToken: Cancellation);
        Assert.Equal(("", reason), (response.Text, response.FinishReason?.Value));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_IChatClient_gives_what_Microsofts_clients_give(bool isLive)
    {
        await using var server = await PartsModel.StartServerAsync();
        using var chat = new DurableChatClient(server.Http).AsChatClient();
        var response = isLive
            ? await chat.GetStreamingResponseAsync(PartsModel.All, cancellationToken: Cancellation)
                .ToChatResponseAsync(Cancellation)
            : await chat.GetResponseAsync(PartsModel.All, cancellationToken: Cancellation);
        var contents = Assert.Single(response.Messages).Contents;
        Assert.Equal("It rains.", response.Text);
        Assert.Equal("hm", Assert.Single(contents.OfType<TextReasoningContent>()).Text);
        Assert.Equal(
            [("https://example.com/a", "A"), ("https://example.com/b", null)],
            contents.SelectMany(content => content.Annotations ?? []).Cast<CitationAnnotation>()
                .Select(each => (each.Url!.AbsoluteUri, each.Title)));
        var file = Assert.Single(contents.OfType<DataContent>());
        Assert.Equal(("image/png", PartsModel.Picture), (file.MediaType, Convert.ToBase64String(file.Data.Span)));
        var refusal = Assert.Single(contents.OfType<ErrorContent>());
        Assert.Equal(("Refusal", "I cannot say more."), (refusal.ErrorCode, refusal.Message));
        var tool = Assert.Single(contents, content => content.GetType() == typeof(AIContent));
        Assert.Equal("web_search", Assert.IsType<MessagePart>(tool.RawRepresentation).Name);
        var usage = response.Usage!;
        Assert.Equal(
            (10, 20, 3L, 5L),
            (usage.InputTokenCount, usage.OutputTokenCount, usage.CachedInputTokenCount, usage.ReasoningTokenCount));
        Assert.Equal(4, usage.AdditionalCounts!["CacheWriteTokenCount"]);
    }

    [Fact]
    public void A_source_of_a_whole_answer_is_an_annotation_of_the_text_before_it()
    {
        var contents = new AnswerReader(new HashSet<string>()).Rest(
        [
            new MessagePart { Type = "text", Text = "one" },
            new MessagePart { Type = "source", Url = "https://example.com/1" },
            new MessagePart { Type = "text", Text = "two" },
            new MessagePart { Type = "source", Url = "not an address" },
        ]);
        Assert.Equal(["one", "two"], contents.Cast<TextContent>().Select(text => text.Text));
        Assert.Equal(
            ["https://example.com/1", null],
            contents.Select(text => Assert.Single(text.Annotations!)).Cast<CitationAnnotation>()
                .Select(citation => citation.Url?.AbsoluteUri));
    }

    [Fact]
    public void A_kind_that_is_not_known_and_a_file_that_is_not_whole_are_passed_through()
    {
        const string Json = """{"type":"hologram","text":"ab","depth":{"in":"cm"}}""";
        var part = Read(Json);
        Assert.Equal("hologram", part.Type);
        Assert.Equal(Json, JsonSerializer.Serialize(part, ClientJson.Default.Options));
        var reader = new AnswerReader(new HashSet<string>());
        Assert.Same(part, reader.Piece(part)!.RawRepresentation);
        Assert.Empty(reader.Rest([part]));
        foreach (var broken in new MessagePart[]
        {
            new() { Type = "file", MediaType = "image/png", Data = "*" },
            new() { Type = "file", MediaType = "a picture", Data = "aGk=" },
            new() { Type = "file" },
            new() { Type = "tool_call" },
        })
        {
            Assert.NotNull(Assert.Single(reader.Rest([broken])));
        }
    }

    [Fact]
    public void Only_what_a_server_of_this_version_takes_is_imported()
    {
        var known = Read("""{"type":"text","text":"hi","mood":1}""");
        var novel = Read("""{"type":"hologram","depth":1}""");
        var entry = HistoryEntry.From(
            new HistoryMessage(1, 0, "assistant", [known, novel], 1, "demo", "stop", null, default));
        Assert.Equal([null, 1], entry.Parts.Select(part => part.More?.Count));
    }

    private static MessagePart Read(string json) =>
        JsonSerializer.Deserialize<MessagePart>(json, ClientJson.Default.Options)!;

    private static async Task<(string Chat, HistoryMessage Answer)> AskAsync(DurableChatClient client, string wish)
    {
        var created = await client.CreateChatAsync(new NewChatRequest(wish), cancellationToken: Cancellation);
        var events = client.FollowAfterAsync(created.Id, created.LastMessageId, cancellationToken: Cancellation);
        await foreach (var next in events)
        {
            if (next is MessageEvent { Message: { Role: "assistant" } answer })
            {
                return (created.Id, answer);
            }
        }

        throw new InvalidOperationException("The stream has ended.");
    }

    private static async Task<HistoryMessage> CopyAsync(DurableChatClient client, string chat)
    {
        var page = await client.ReadAfterAsync(chat, cancellationToken: Cancellation);
        var copy = await client.CreateChatAsync(
            new NewChatRequest { History = [.. page.Messages.Select(HistoryEntry.From)] },
            cancellationToken: Cancellation);
        return (await client.ReadAfterAsync(copy.Id, cancellationToken: Cancellation)).Messages[1];
    }
}
