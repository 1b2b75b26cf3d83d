using System.Net.Http.Json;
using System.Text.Json;
using DurableChat.ScaleTest.Mock;
using DurableChat.ScaleTest.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DurableChat.ScaleTest.Tests.Mock;

/// <summary>What the mock model remembers of each request, for the checker of chaos.</summary>
public sealed class MockJournalTests : IAsyncDisposable
{
    private static readonly MockOptions _quick = new() { FirstToken = TimeSpan.Zero, ChunkDelay = TimeSpan.Zero, Chunks = 20, ChunkBytes = 10, HasJournal = true };
    private readonly HttpClient _http = new();
    private readonly ChatApi _api = new(null, TimeProvider.System);
    private WebApplication? _server;

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _api.Dispose();
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [Fact]
    public async Task Each_answer_is_remembered_with_who_asked_and_what()
    {
        var url = await StartAsync(_quick);
        await AskAsync(url, "of/2/v1", "first and more");
        await AskAsync(url, "of/2/v1", "first and more");
        await AskAsync(url, "v1", "second");
        var work = await _api.MockWorkAsync(url, DateTimeOffset.UnixEpoch, CancellationToken.None);
        Assert.Equal([("first", 2), ("first", 2), ("second", -1)], work.Select(record => (record.Question, record.Replica)));
        Assert.Equal(work[0].Key, work[1].Key);
        Assert.NotEqual(work[0].Key, work[2].Key);
        Assert.All(work, record => Assert.Equal((WorkKind.Answer, WorkOutcome.Completed), (record.Kind, record.Outcome)));
        Assert.All(work, record => Assert.True(record.Ended >= record.Began));
    }

    [Fact]
    public async Task Times_are_counted_from_the_beginning_of_the_run()
    {
        var url = await StartAsync(_quick);
        await AskAsync(url, "v1", "question");
        var first = Assert.Single(await _api.MockWorkAsync(url, DateTimeOffset.UnixEpoch, CancellationToken.None));
        var later = Assert.Single(await _api.MockWorkAsync(url, DateTimeOffset.UnixEpoch.AddSeconds(1_000_000), CancellationToken.None));
        Assert.Equal(1_000_000, first.Began - later.Began, 3);
        Assert.Equal(1_000_000, (first.Ended - later.Ended)!.Value, 3);
    }

    [Fact]
    public async Task An_answer_that_fails_on_purpose_is_remembered_as_that()
    {
        var url = await StartAsync(_quick with { ErrorRate = 1 });
        await AskAsync(url, "of/0/v1", "question");
        Assert.Equal(WorkOutcome.Failed, Assert.Single(await _api.MockWorkAsync(url, DateTimeOffset.UnixEpoch, CancellationToken.None)).Outcome);
    }

    [Fact]
    public async Task A_run_of_the_tool_is_remembered_under_its_key()
    {
        var url = await StartAsync(_quick);

        // This key's run takes no time.
        var key = Enumerable.Range(0, int.MaxValue).Select(number => $"key {number}").First(candidate => MockWork.Duration(candidate) == TimeSpan.Zero);
        using var response = await _http.PostAsJsonAsync(new Uri(url, "of/1/tool"), new { key, question = "question and more" });
        Assert.Equal("done", await response.Content.ReadAsStringAsync());
        var run = Assert.Single(await _api.MockWorkAsync(url, DateTimeOffset.UnixEpoch, CancellationToken.None));
        Assert.Equal((WorkKind.Tool, key, "question", 1, WorkOutcome.Completed), (run.Kind, run.Key, run.Question, run.Replica, run.Outcome));
    }

    [Fact]
    public async Task Tools_are_called_with_the_question_where_they_ask_for_it()
    {
        var url = await StartAsync(_quick with { ToolProbability = 1 });
        var tool = new { type = "function", function = new { name = "work", parameters = new { type = "object", required = new[] { "question" }, properties = new { question = new { type = "string" } } } } };
        using var response = await _http.PostAsJsonAsync(new Uri(url, "v1/chat/completions"), new { model = "mock", messages = new[] { new { role = "user", content = "what?" } }, tools = new[] { tool } });
        var call = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("choices")[0].GetProperty("message").GetProperty("tool_calls")[0];
        Assert.Equal("""{"question":"what?"}""", call.GetProperty("function").GetProperty("arguments").GetString());
    }

    [Fact]
    public async Task Answers_differ_in_length_where_that_is_wanted()
    {
        var url = await StartAsync(_quick with { LengthSpread = 0.5 });
        var lengths = new HashSet<int>();
        for (var i = 0; i < 20; i++)
        {
            lengths.Add((await AskAsync(url, "v1", $"question {i}")).Length);
        }

        Assert.All(lengths, length => Assert.InRange(length, 100, 300));
        Assert.True(lengths.Count > 5);
    }

    [Fact]
    public async Task Without_a_journal_nothing_is_kept()
    {
        var url = await StartAsync(_quick with { HasJournal = false });
        await Assert.ThrowsAsync<HttpRequestException>(() => _api.MockWorkAsync(url, DateTimeOffset.UnixEpoch, CancellationToken.None));
    }

    private async Task<string> AskAsync(Uri url, string path, string content)
    {
        using var response = await _http.PostAsJsonAsync(new Uri(url, $"{path}/chat/completions"), new { model = "mock", messages = new[] { new { role = "user", content } } });
        return response.IsSuccessStatusCode
            ? (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!
            : "";
    }

    private async Task<Uri> StartAsync(MockOptions options)
    {
        _server = MockServer.Build(options, "http://127.0.0.1:0", TimeProvider.System);
        await _server.StartAsync();
        return new Uri(_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }
}
