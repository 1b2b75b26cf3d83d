using System.Net;
using System.Text;
using System.Text.Json;
using DurableChat.Storage;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DurableChat.Integration.Tests.Http;

/// <summary>Requests with an idempotency key.</summary>
public sealed class IdempotencyTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(null, _time);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_repeated_request_with_a_key_is_done_once()
    {
        var first = await PostWithKeyAsync("chats", "key-1", """{"content":"once"}""");
        var second = await PostWithKeyAsync("chats", "key-1", """{"content":"once"}""");
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.Status, second.Status));
        Assert.Equal(first, second);
        using var json = JsonDocument.Parse(first.Body);
        var chat = json.RootElement.GetProperty("id").GetString()!;
        Assert.Equal($"/api/v1/chats/{chat}", second.Location);
        Assert.Single((await _server.GetAsync("chats")).GetProperty("chats").EnumerateArray());
        var sent = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => PostWithKeyAsync($"chats/{chat}/messages", "key-2", """{"content":"only once"}""")));
        Assert.All(sent, answer => Assert.Equal(sent[0], answer));
        var reused = await PostWithKeyAsync($"chats/{chat}/messages", "key-2", """{"content":"another"}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, reused.Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostWithKeyAsync("chats", "bad key", """{"content":"x"}""")).Status);
        var screen = await _server.FollowAsync(chat, shown => shown.Status == "waiting" && shown.Ids.Count == 4);
        Assert.Equal(["once", "only once"], screen.Texts.Where((_, i) => i % 2 == 0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_key_whose_chat_is_gone_or_whose_answer_is_forgotten_makes_no_second_chat_and_says_so(bool isDeleted)
    {
        var created = await PostWithKeyAsync("chats", "key", """{"content":"once"}""");
        if (isDeleted)
        {
            using var deleted = await _server.Http.DeleteAsync(new Uri($"{_server.Url}{created.Location}"));
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        }
        else
        {
            _time.Advance(IdempotencyRecord.Lifetime + TimeSpan.FromSeconds(1));
        }

        var again = await PostWithKeyAsync("chats", "key", """{"content":"once"}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, again.Status);
        Assert.Contains("idempotency_key_spent", again.Body, StringComparison.Ordinal);
        Assert.Contains("new key", again.Body, StringComparison.Ordinal);
        Assert.Equal(isDeleted ? 0 : 1, (await _server.GetAsync("chats")).GetProperty("chats").GetArrayLength());
    }

    private async Task<(HttpStatusCode Status, string Body, string? Location)> PostWithKeyAsync(string path, string key, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var response = await _server.Http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.Location?.ToString());
    }
}
